package dev.nexthop.admin;

import dev.nexthop.directory.Directory;
import dev.nexthop.directory.DirectoryException;
import dev.nexthop.smtp.Domain;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The MTA-STS policy of our own domains, for everybody who asks for it by the name of a policy host (RFC 8461 §3.3).
 *
 * @param text the document, the same for all local domains; empty when none is served
 */
record PublishedPolicy(Optional<String> text) {
    /** Where the document is (RFC 8461 §3.3). */
    static final String PATH = "/.well-known/mta-sts.txt";

    private static final Logger LOG = LoggerFactory.getLogger(PublishedPolicy.class);
    private static final String HOST = "mta-sts.";

    /**
     * The answer to a request for {@link #PATH}.
     *
     * @param host what the client calls us, without a port
     * @param directory knows which domains are local
     */
    Answer answer(String host, Directory directory) {
        String name = host.toLowerCase(Locale.ROOT);
        if (text.isEmpty()
                || !name.startsWith(HOST)
                || name.length() == HOST.length()
                || name.length() > Domain.MAX_OCTETS) {
            return Answer.error(404, "no MTA-STS policy is served here for this host name");
        }
        try {
            return directory.isLocalDomain(new Domain(name.substring(HOST.length())))
                    ? Answer.text(200, text.get())
                    : Answer.error(404, "the domain of this host name is not local");
        } catch (DirectoryException e) {
            LOG.warn("a request for the MTA-STS policy of {} is put off, for the directory fails", name, e);
            return Answer.error(503, "whether the domain is local is not known now");
        }
    }
}
