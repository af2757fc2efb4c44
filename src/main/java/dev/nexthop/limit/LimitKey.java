package dev.nexthop.limit;

import dev.nexthop.expr.Facts;
import dev.nexthop.expr.Value;
import dev.nexthop.expr.Variable;
import java.util.EnumSet;
import java.util.Set;

/** What a throttle or a quota counts for itself: each value of it has a count of its own. */
public enum LimitKey {
    /** The recipient's address. */
    RCPT(Variable.RCPT),
    /** Its domain. */
    RCPT_DOMAIN(Variable.RCPT_DOMAIN),
    /** The reverse-path. */
    SENDER(Variable.SENDER),
    /** Its domain. */
    SENDER_DOMAIN(Variable.SENDER_DOMAIN),
    /** The name of the host that is connected. */
    MX(Variable.MX),
    /** Its address. */
    REMOTE_IP(Variable.REMOTE_IP),
    /** The address that we connect from. */
    LOCAL_IP(Variable.LOCAL_IP),
    /** The id of the next hop; empty for MX delivery. */
    HOP(Variable.HOP),
    /** The account that the client had logged in as. */
    AUTHENTICATED_AS(Variable.AUTHENTICATED_AS);

    /** What is known only when a host is about to be connected. */
    private static final Set<Variable> OF_HOST = EnumSet.of(Variable.MX, Variable.REMOTE_IP, Variable.LOCAL_IP);

    private final Variable variable;

    LimitKey(Variable variable) {
        this.variable = variable;
    }

    /** The word in the configuration, which is that of the variable. */
    public String word() {
        return variable.keyword();
    }

    /** Whether it depends on the recipient. */
    boolean ofRecipient() {
        return this == RCPT || this == RCPT_DOMAIN;
    }

    /** Whether it is known only when a host is about to be connected. */
    boolean ofHost() {
        return ofHost(variable);
    }

    static boolean ofHost(Variable variable) {
        return OF_HOST.contains(variable);
    }

    /** Its value, empty where it is not known. */
    String of(Facts facts) {
        return facts.value(variable) instanceof Value.Text text ? text.text() : "";
    }
}
