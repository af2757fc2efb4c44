package dev.nexthop.server;

import dev.nexthop.smtp.LineEnds;

/**
 * How much one session may ask for.
 *
 * @param messageSize octets of a message ({@code session.data.limits.size}; RFC 1870)
 * @param recipients recipients of a message (RFC 5321 §4.5.3.1.8 wants at least 100)
 * @param receivedFields Received fields of a message before it counts as a loop (RFC 5321 §6.3)
 * @param messages messages of a session
 * @param errors commands answered with 5yz since the last accepted message
 * @param refusedRecipients recipients refused in a session
 * @param authFailures failed AUTH commands of a session
 * @param commandLine octets of a command line, AUTH excepted (RFC 5321 §4.5.3.1.4 wants 512, extensions more)
 * @param contentLine octets of a line of content (RFC 5321 §4.5.3.1.6 wants 998; many clients send more)
 * @param lineEnds what becomes of a bare CR or LF in content
 */
public record SessionLimits(
        long messageSize,
        int recipients,
        int receivedFields,
        int messages,
        int errors,
        int refusedRecipients,
        int authFailures,
        int commandLine,
        int contentLine,
        LineEnds lineEnds) {
    /** Octets of an AUTH line (RFC 4954 §4). */
    public static final int AUTH_LINE = 12_288;

    /** The defaults. */
    public static final SessionLimits DEFAULT =
            new SessionLimits(104_857_600, 100, 50, 10_000, 10, 100, 3, 2_048, 65_536, LineEnds.REFUSE);

    /** Refuses what can't work. */
    public SessionLimits {
        if (messageSize < 1
                || recipients < 1
                || receivedFields < 1
                || messages < 1
                || errors < 1
                || refusedRecipients < 1
                || authFailures < 1
                || contentLine < 1) {
            throw new IllegalArgumentException("a limit of a session is at least 1");
        }
        if (commandLine < 512 || commandLine > AUTH_LINE) {
            throw new IllegalArgumentException("a command line has 512 to " + AUTH_LINE + " octets");
        }
    }

    /**
     * The same with another message size.
     *
     * @param octets the most
     */
    public SessionLimits withMessageSize(long octets) {
        return new SessionLimits(
                octets,
                recipients,
                receivedFields,
                messages,
                errors,
                refusedRecipients,
                authFailures,
                commandLine,
                contentLine,
                lineEnds);
    }
}
