package dev.nexthop.dns;

import java.util.List;

/** What DNS says about who receives mail for a domain. */
public sealed interface MxAnswer {
    /**
     * The domain has MX records.
     *
     * @param hosts at least one, sorted by preference, equal preferences in the order of the answer
     */
    record Hosts(List<MxHost> hosts) implements MxAnswer {}

    /**
     * The domain exists without MX records: it is its own mail host (RFC 5321 §5.1).
     *
     * @param host the domain's name
     */
    record Implicit(String host) implements MxAnswer {}

    /** The domain says that it takes no mail (RFC 7505 §3). */
    record NullMx() implements MxAnswer {}

    /**
     * The domain does not exist.
     *
     * @param reason one sentence
     */
    record NoSuchDomain(String reason) implements MxAnswer {}

    /**
     * DNS could not say; ask again later.
     *
     * @param reason one sentence
     */
    record TryLater(String reason) implements MxAnswer {}
}
