package dev.nexthop.smtp;

/** A reply together with its octets, made once and sent often. */
public final class PreparedReply {
    private final Reply reply;
    private final byte[] wire;

    private PreparedReply(Reply reply) {
        this.reply = reply;
        this.wire = reply.bytes();
    }

    /**
     * Prepares a reply.
     *
     * @param reply what to say
     */
    public static PreparedReply of(Reply reply) {
        return new PreparedReply(reply);
    }

    /** What it says. */
    public Reply reply() {
        return reply;
    }

    /** Its octets, each line ended by CRLF. Nobody writes to the array. */
    public byte[] wire() {
        return wire;
    }

    @Override
    public String toString() {
        return reply.toString();
    }
}
