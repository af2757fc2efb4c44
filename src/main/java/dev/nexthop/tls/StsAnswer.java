package dev.nexthop.tls;

import dev.nexthop.mail.TlsFault;
import java.util.Optional;

/** What is known of the MTA-STS policy of a domain. */
public sealed interface StsAnswer {
    /**
     * There is a policy, fetched now or earlier and not too old.
     *
     * @param policy the policy
     * @param trouble what went wrong with its renewal, when something did: the policy stands all the same (RFC 8461 §3.1, §3.3)
     */
    record Known(StsPolicy policy, Optional<Trouble> trouble) implements StsAnswer {}

    /**
     * The domain has none.
     *
     * @param reason one sentence
     */
    record None(String reason) implements StsAnswer {}

    /**
     * The domain seems to have one, and it can't be had; none is kept. Mail goes as if there were none (RFC 8461 §3.3), and
     * the domain is told.
     *
     * @param trouble why not
     */
    record Unknown(Trouble trouble) implements StsAnswer {}

    /**
     * The domain seems to have one, none is kept, and this server has too much to do to fetch it now. Mail waits: whoever keeps
     * it busy must not get the mail of others sent without their policies. It is no fault of the domain, which is not told.
     *
     * @param reason one sentence
     */
    record Busy(String reason) implements StsAnswer {}

    /**
     * What is wrong.
     *
     * @param fault by its type in RFC 8460 §4.3
     * @param reason one sentence
     */
    record Trouble(TlsFault fault, String reason) {}
}
