package dev.nexthop.expr;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** Everything an expression can ask about the message, the session or the attempt. */
public enum Variable {
    /** The recipient. */
    RCPT("rcpt", Type.TEXT, "the recipient's address, in lower case"),
    /** The recipient's domain. */
    RCPT_DOMAIN("rcpt_domain", Type.TEXT, "the domain of the recipient's address, in lower case"),
    /** All recipients. */
    RECIPIENTS("recipients", Type.ARRAY, "the addresses of all recipients of the message"),
    /** The reverse-path. */
    SENDER("sender", Type.TEXT, "the address of the reverse-path, in lower case; empty for a bounce"),
    /** The reverse-path's domain. */
    SENDER_DOMAIN("sender_domain", Type.TEXT, "the domain of the reverse-path; empty for a bounce"),
    /** The priority. */
    PRIORITY("priority", Type.INTEGER, "the priority of the message (RFC 6710), 0 unless asked otherwise"),
    /** The size. */
    SIZE("size", Type.INTEGER, "the size of the message in octets"),
    /** The queue's name for the message. */
    MESSAGE_ID("message_id", Type.TEXT, "the id of the message in the queue, as the log and the queue list show it"),
    /** The listener. */
    LISTENER("listener", Type.TEXT, "the id of the listener that took the message"),
    /** The authenticated account. */
    AUTHENTICATED_AS("authenticated_as", Type.TEXT, "the account that the client logged in as; empty when it did not"),
    /** The client, or the next hop in the settings of a connection. */
    REMOTE_IP("remote_ip", Type.TEXT, "the address of the client; in settings of one connection, of the next hop"),
    /** The port. */
    RECEIVED_VIA_PORT("received_via_port", Type.INTEGER, "the local port on which the message came in"),
    /** The number of attempts before this one. */
    RETRY_NUM("retry_num", Type.INTEGER, "how many attempts were made before this one"),
    /** The number of delay notices. */
    NOTIFY_NUM("notify_num", Type.INTEGER, "how many delay notices were sent"),
    /** The time until expiry. */
    EXPIRES_IN("expires_in", Type.INTEGER, "seconds until the message expires"),
    /** The last reply. */
    LAST_STATUS("last_status", Type.TEXT, "the text of the last failure; empty before the first attempt"),
    /** The last failure's kind. */
    LAST_ERROR(
            "last_error",
            Type.TEXT,
            "the kind of the last failure: none, dns, unexpected-reply, connection, tls, dane, mta-sts, rate, concurrency, io"),
    /** The age. */
    QUEUE_AGE("queue_age", Type.INTEGER, "milliseconds since the message was queued; compares with 5m, 1h"),
    /** The host of the MX record in hand. */
    MX("mx", Type.TEXT, "the name of the host that is tried"),
    /** The own address. */
    LOCAL_IP("local_ip", Type.TEXT, "the own address of the connection"),
    /** The next hop in hand. */
    HOP("hop", Type.TEXT, "the id of the chosen next hop; empty for MX delivery"),
    /** The client's greeting. */
    HELO_DOMAIN("helo_domain", Type.TEXT, "the name that the client gave with EHLO, HELO or LHLO");

    /** Settings that know the sender of a queued message. */
    public static final Set<Variable> SENDER_SCOPE = view(EnumSet.of(
            SENDER,
            SENDER_DOMAIN,
            PRIORITY,
            SIZE,
            MESSAGE_ID,
            LISTENER,
            AUTHENTICATED_AS,
            REMOTE_IP,
            RECEIVED_VIA_PORT,
            RETRY_NUM,
            NOTIFY_NUM,
            EXPIRES_IN,
            LAST_STATUS,
            LAST_ERROR,
            QUEUE_AGE));

    /** Settings that know a recipient of a queued message. */
    public static final Set<Variable> RCPT_SCOPE = and(SENDER_SCOPE, RCPT, RCPT_DOMAIN, RECIPIENTS);

    /** Settings that know the next hop and the host in hand. */
    public static final Set<Variable> MX_SCOPE = and(RCPT_SCOPE, MX, HOP);

    /** Settings that know the addresses of the connection. */
    public static final Set<Variable> HOST_SCOPE = and(MX_SCOPE, LOCAL_IP);

    /** Settings of an inbound session at RCPT. */
    public static final Set<Variable> SESSION_RCPT_SCOPE = view(EnumSet.of(
            SENDER,
            SENDER_DOMAIN,
            RCPT,
            RCPT_DOMAIN,
            REMOTE_IP,
            LOCAL_IP,
            LISTENER,
            AUTHENTICATED_AS,
            HELO_DOMAIN,
            PRIORITY));

    private final String keyword;
    private final Type type;
    private final String prose;

    Variable(String keyword, Type type, String prose) {
        this.keyword = keyword;
        this.type = type;
        this.prose = prose;
    }

    /**
     * The name in an expression.
     *
     * @return the name, in lower case
     */
    public String keyword() {
        return keyword;
    }

    /**
     * The type of its values.
     *
     * @return the type
     */
    public Type type() {
        return type;
    }

    /**
     * What it holds.
     *
     * @return one phrase for the manual
     */
    public String prose() {
        return prose;
    }

    /**
     * What its values are, as far as that is known before any message.
     *
     * @return the form, the case and the bounds
     */
    public Content content() {
        return Content.of(this);
    }

    private static Set<Variable> and(Set<Variable> base, Variable... more) {
        EnumSet<Variable> all = EnumSet.copyOf(base);
        Collections.addAll(all, more);
        return view(all);
    }

    private static Set<Variable> view(EnumSet<Variable> set) {
        return Collections.unmodifiableSet(set);
    }
}
