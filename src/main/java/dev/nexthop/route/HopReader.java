package dev.nexthop.route;

import dev.nexthop.expr.Value;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.smtp.Reply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the value of a next-hop rule means. Everything that means nothing is a complaint, never a guess. */
final class HopReader {
    private static final NextHop LOCAL = new NextHop.Local();
    private static final NextHop DISCARD = new NextHop.Discard();
    private static final int MOST_NAMES = 20;

    private final RoutingSettings settings;
    private final Map<String, NextHop> single = new HashMap<>();
    private final String allowed;

    HopReader(RoutingSettings settings) {
        this.settings = settings;
        settings.remotes().forEach((id, hosts) -> single.put(id, new NextHop.Relay(hosts)));
        this.allowed = "; defined: " + names();
    }

    /** What a value came to. */
    sealed interface Answer {
        /**
         * A hop.
         *
         * @param hop the hop
         * @param verb what the rule did, as the end of a sentence that begins with the rule
         */
        record Hop(NextHop hop, String verb) implements Answer {}

        /**
         * No hop.
         *
         * @param complaint why, as the end of a sentence that begins with the rule
         */
        record Nonsense(String complaint) implements Answer {}
    }

    Answer read(Value value, Domain domain) {
        return switch (value) {
            case Value.Int number ->
                number.number() == 0
                        ? new Answer.Hop(new NextHop.Mx(domain), "chose delivery by MX")
                        : new Answer.Nonsense("gave "
                                + (number.number() == 1 ? "true (1)" : "the number " + number.number())
                                + "; a next hop is false for MX, or the id of a hop" + allowed);
            case Value.Real real ->
                new Answer.Nonsense("gave the number " + real.asText()
                        + "; a next hop is false for MX, or the id of a hop" + allowed);
            case Value.Text text -> text(text.text());
            case Value.Array array -> array(array.items());
        };
    }

    private Answer text(String text) {
        if (text.isEmpty()) {
            return new Answer.Nonsense("gave an empty text; a next hop is false for MX, or the id of a hop" + allowed);
        }
        if (text.equals("local")) {
            return settings.localStore()
                    ? new Answer.Hop(LOCAL, "chose the local store")
                    : new Answer.Nonsense("chose 'local', but the local store is off" + allowed);
        }
        NextHop relay = single.get(text);
        boolean reserved = text.equals("discard") || text.startsWith("defer:") || text.startsWith("reject:");
        if (relay != null) {
            return reserved
                    ? new Answer.Nonsense("gave " + Words.quoted(text)
                            + ", which is both a word of its own and the id of a remote; give the remote another id")
                    : new Answer.Hop(relay, "chose the relay " + Words.quoted(text));
        }
        if (!reserved) {
            return new Answer.Nonsense("names the hop " + Words.quoted(text) + ", which is not defined" + allowed);
        }
        return text.equals("discard")
                ? new Answer.Hop(DISCARD, "discards the mail")
                : text.startsWith("defer:")
                        ? defer(text.substring("defer:".length()).strip())
                        : reject(text.substring("reject:".length()).strip());
    }

    private static Answer defer(String words) {
        String reason = words.isEmpty() ? "a routing rule defers this recipient" : Words.clean(words);
        return new Answer.Hop(new NextHop.Defer(reason, false), "defers: " + reason);
    }

    /** {@code 550 5.7.1 text} or {@code 550 text}: a permanent reply (RFC 5321 §4.2.1, RFC 3463 §2). */
    private static Answer reject(String words) {
        int code = code(words);
        if (code < 0) {
            return new Answer.Nonsense("gave " + Words.quoted("reject:" + words)
                    + "; a rejection is 'reject:' and a code of 500 to 599, an optional enhanced code of class 5, and"
                    + " text: 'reject:550 5.7.1 not allowed'");
        }
        String rest = words.substring(3).strip();
        Optional<EnhancedStatus> enhanced = EnhancedStatus.leading(rest);
        if (enhanced.isPresent() && enhanced.get().category() != 5) {
            return new Answer.Nonsense("gave " + Words.quoted("reject:" + words)
                    + "; the enhanced code of a rejection is of class 5, such as 5.7.1");
        }
        int space = rest.indexOf(' ');
        String text = enhanced.isEmpty()
                ? rest
                : space < 0 ? "" : rest.substring(space).strip();
        String shown = text.isEmpty() ? "rejected by a routing rule" : Words.clean(text);
        Reply reply = new Reply(code, enhanced, List.of(shown));
        return new Answer.Hop(new NextHop.Reject(reply), "rejects: " + reply);
    }

    private static int code(String words) {
        if (words.length() < 3 || words.length() > 3 && words.charAt(3) != ' ') {
            return -1;
        }
        int code = 0;
        for (int i = 0; i < 3; i++) {
            char c = words.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            code = code * 10 + (c - '0');
        }
        return code >= 500 && code <= 599 ? code : -1;
    }

    private Answer array(List<Value> items) {
        Set<String> ids = new LinkedHashSet<>();
        for (Value item : items) {
            if (!(item instanceof Value.Text text) || text.text().isEmpty()) {
                return new Answer.Nonsense("gave a list that holds " + Words.quoted(item.describe())
                        + "; a list holds ids of remotes" + allowed);
            }
            ids.add(text.text());
        }
        if (ids.isEmpty()) {
            return new Answer.Nonsense(
                    "gave an empty list; a list holds ids of remotes, the preferred one first" + allowed);
        }
        List<RemoteHost> hosts = new ArrayList<>(ids.size());
        for (String id : ids) {
            List<RemoteHost> known = settings.remotes().get(id);
            if (id.equals("local")) {
                return new Answer.Nonsense("gave a list with 'local'; only remotes can stand in a list" + allowed);
            }
            if (known == null) {
                return new Answer.Nonsense(
                        "names the hop " + Words.quoted(id) + " in a list, which is not defined" + allowed);
            }
            hosts.addAll(known);
        }
        return new Answer.Hop(new NextHop.Relay(hosts), "chose the relays " + Words.clean(String.join(", ", ids)));
    }

    private String names() {
        List<String> names =
                new ArrayList<>(settings.remotes().keySet().stream().sorted().toList());
        names.remove("local");
        if (names.size() > MOST_NAMES) {
            int more = names.size() - MOST_NAMES;
            names = new ArrayList<>(names.subList(0, MOST_NAMES));
            names.add("and " + more + " more");
        }
        if (settings.localStore()) {
            names.add("local");
        }
        return names.isEmpty() ? "none" : Words.clean(String.join(", ", names));
    }
}
