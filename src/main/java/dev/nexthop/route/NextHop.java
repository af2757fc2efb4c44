package dev.nexthop.route;

import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.Reply;
import java.util.List;

/** Where a recipient goes next. */
public sealed interface NextHop {
    /** The id that logs and the queue show: {@code mx}, {@code local}, a remote's id, or what is done instead. */
    String id();

    /** What is done: {@code mx}, {@code relay}, {@code local}, {@code defer}, {@code reject} or {@code discard}. */
    default String kind() {
        return switch (this) {
            case Mx _ -> "mx";
            case Relay _ -> "relay";
            case Local _ -> "local";
            case Defer _ -> "defer";
            case Reject _ -> "reject";
            case Discard _ -> "discard";
        };
    }

    /**
     * The hosts that DNS names for the domain (RFC 5321 §5.1).
     *
     * @param domain the recipient's domain, or an address literal
     */
    record Mx(Domain domain) implements NextHop {
        @Override
        public String id() {
            return "mx";
        }
    }

    /**
     * Configured hosts, in order: the next one only when those before could not be used.
     *
     * @param hosts at least one
     */
    record Relay(List<RemoteHost> hosts) implements NextHop {
        /** Copies the list. */
        public Relay {
            hosts = List.copyOf(hosts);
            if (hosts.isEmpty()) {
                throw new IllegalArgumentException("a relay hop has at least one host");
            }
        }

        @Override
        public String id() {
            return hosts.getFirst().id();
        }
    }

    /** The local message store, in process. */
    record Local() implements NextHop {
        @Override
        public String id() {
            return "local";
        }
    }

    /**
     * Not now. Also where every failure of routing itself ends: mail is never sent by accident.
     *
     * @param reason one sentence that names the rule and its line where a rule is at fault
     * @param fault whether routing failed, rather than a rule having said so
     */
    record Defer(String reason, boolean fault) implements NextHop {
        @Override
        public String id() {
            return "defer";
        }
    }

    /**
     * Never.
     *
     * @param reply the words that the sender is told
     */
    record Reject(Reply reply) implements NextHop {
        @Override
        public String id() {
            return "reject";
        }
    }

    /** Dropped without a word to anybody but the log. */
    record Discard() implements NextHop {
        @Override
        public String id() {
            return "discard";
        }
    }
}
