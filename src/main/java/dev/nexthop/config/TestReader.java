package dev.nexthop.config;

import dev.nexthop.lookup.AnsweredLookups;
import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.Reception;
import dev.nexthop.schedule.Supposed;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads the tests of a file. What can never pass is reported before anything runs. */
final class TestReader {
    /** Most tests of one file. */
    static final int MAX_TESTS = 1_000;

    /** Most recipients of one test. */
    static final int MAX_RECIPIENTS = 100;

    private static final Set<String> NOWHERE = Set.of("local", "defer", "reject", "discard");

    private final Values values;
    private final Set<String> hops;

    TestReader(Values values, Configuration configuration) {
        this.values = values;
        this.hops = new LinkedHashSet<>(values.ids("remote"));
        hops.addAll(NOWHERE);
        hops.add("mx");
        if (!configuration.outbound().routing().localStore()) {
            hops.remove("local");
        }
    }

    /** The tests that could be read whole, in the order of the file. */
    List<TestCase> read() {
        List<String> indexes = values.ids("test");
        if (indexes.size() > MAX_TESTS) {
            limit("the file has " + indexes.size() + " tests, and at most " + MAX_TESTS + " can run at every load");
            return List.of();
        }
        List<TestCase> all = new ArrayList<>();
        for (String index : indexes) {
            all.addAll(test(index).stream().toList());
        }
        return all;
    }

    private void limit(String message) {
        values.problems().addKey(Code.TEST_LIMIT, values.place("test"), 1, message, "");
    }

    private Optional<TestCase> test(String index) {
        int errors = values.problems().errors();
        int at = values.place("test", index);
        String name = values.optional(SettingsCase.NAME, index).orElse(Integer.toString(Integer.parseInt(index) + 1));
        List<Mailbox> to = to(index, at);
        Supposed message = message(index, to);
        Map<String, String> answers = answers(index);
        Expectation expected = expectation(index);
        if (values.problems().errors() > errors) {
            return Optional.empty();
        }
        return Optional.of(new TestCase(at, name, message, to, answers, expected));
    }

    private List<Mailbox> to(String index, int at) {
        Optional<List<Mailbox>> rcpt = values.optional(SettingsCase.RCPT, index);
        Optional<List<Mailbox>> to = values.given(SettingsCase.RCPT, index)
                ? values.optional(SettingsCase.TO, index)
                : values.required(SettingsCase.TO, at, "write to = \"bill@example.net\"", index);
        same(SettingsCase.RCPT, rcpt, to, "to", index);
        List<Mailbox> all = to.or(() -> rcpt).orElse(List.of());
        if (all.isEmpty() && (to.isPresent() || rcpt.isPresent())) {
            contradiction(SettingsCase.TO, "a test without recipients tests nothing", "", index);
        }
        if (all.size() > MAX_RECIPIENTS) {
            limit("test " + (Integer.parseInt(index) + 1) + " has " + all.size() + " recipients, and at most "
                    + MAX_RECIPIENTS + " are asked for");
        }
        domain(SettingsCase.RCPT_DOMAIN, all, "to", index);
        return all;
    }

    private <T> void same(Setting<T> setting, Optional<T> one, Optional<T> other, String key, String index) {
        if (one.isPresent() && other.isPresent() && !one.equals(other)) {
            contradiction(
                    setting, setting.key().segments().getLast() + " and " + key + " differ", "leave one out", index);
        }
    }

    private void domain(Setting<String> setting, List<Mailbox> mailboxes, String key, String index) {
        Optional<String> domain = values.optional(setting, index).map(text -> text.toLowerCase(Locale.ROOT));
        boolean other = domain.isPresent()
                && mailboxes.stream()
                        .anyMatch(mailbox -> !mailbox.domain().name().equals(domain.get()));
        if (other) {
            String word = setting.key().segments().getLast();
            contradiction(setting, word + " is not the domain of '" + key + "'", "leave it out", index);
        }
    }

    private Supposed message(String index, List<Mailbox> to) {
        Optional<ReversePath> sender = values.optional(SettingsCase.SENDER, index);
        Optional<ReversePath> from = values.optional(SettingsCase.FROM, index);
        same(SettingsCase.SENDER, sender, from, "from", index);
        ReversePath path = from.or(() -> sender).orElse(ReversePath.NULL);
        List<Mailbox> senders = path instanceof ReversePath.From known ? List.of(known.mailbox()) : List.of();
        domain(SettingsCase.SENDER_DOMAIN, senders, "from", index);
        Set<Mailbox> recipients = new LinkedHashSet<>(to);
        recipients.addAll(values.optional(SettingsCase.RECIPIENTS, index).orElse(List.of()));
        if (recipients.isEmpty()) {
            recipients.add(new Mailbox("nobody", new Domain("invalid"))); // reported: it never runs
        }
        Reception reception = new Reception(
                values.value(SettingsCase.LISTENER, index),
                values.value(SettingsCase.PORT_IN, index),
                values.value(SettingsCase.REMOTE_IP, index),
                "",
                values.value(SettingsCase.AUTHENTICATED_AS, index),
                values.value(SettingsCase.PRIORITY, index));
        Supposed.Past past = new Supposed.Past(
                values.value(SettingsCase.QUEUE_AGE, index),
                values.value(SettingsCase.RETRY_NUM, index),
                values.value(SettingsCase.NOTIFY_NUM, index),
                values.optional(SettingsCase.EXPIRES_IN, index),
                values.value(SettingsCase.LAST_STATUS, index),
                values.value(SettingsCase.LAST_ERROR, index));
        return new Supposed(
                new Envelope(path, List.copyOf(recipients), BodyType.SEVEN_BIT, false, reception),
                values.value(SettingsCase.MESSAGE_ID, index),
                values.value(SettingsCase.SIZE, index),
                past);
    }

    private Map<String, String> answers(String index) {
        Map<String, String> answers = new LinkedHashMap<>();
        for (String call : values.ids("test", index, "answers")) {
            if (!AnsweredLookups.isQuestion(call)) {
                values.wrong(
                        SettingsCase.ANSWERS,
                        Code.VALUE,
                        "the key of an answer is a call with texts, such as key_get('pg', 'x')",
                        "answered are " + AnsweredLookups.KNOWN,
                        index,
                        call);
            }
            values.optional(SettingsCase.ANSWERS, index, call).ifPresent(answer -> answers.put(call, answer));
        }
        return answers;
    }

    private Expectation expectation(String index) {
        List<String> hop = values.optional(SettingsCase.HOP, index).orElse(List.of());
        Optional<String> kind = values.optional(SettingsCase.KIND, index);
        Expectation expected = new Expectation(
                hop,
                kind,
                values.optional(SettingsCase.HOST, index),
                values.optional(SettingsCase.PORT, index),
                values.optional(SettingsCase.TLS, index),
                values.optional(SettingsCase.REASON, index));
        boolean written = SettingsCase.expectations().stream().anyMatch(setting -> values.given(setting, index));
        if (!written) {
            values.problems()
                    .addKey(
                            Code.TEST_EMPTY,
                            values.place("test", index),
                            "[[test]]".length(),
                            "test " + (Integer.parseInt(index) + 1) + " expects nothing, so it can't fail",
                            "expect one of hop, kind, host, port, tls, reason");
        }
        hop.forEach(id -> known(id, index));
        possible(expected, index);
        return expected;
    }

    private void known(String id, String index) {
        if (!hops.contains(id)) {
            String near = Nearest.to(id, hops);
            String defined = "defined: " + String.join(", ", new TreeSet<>(hops));
            contradiction(
                    SettingsCase.HOP,
                    "no next hop '" + id + "' is defined",
                    near == null ? defined : "did you mean '" + near + "'? " + defined,
                    index);
        }
    }

    /** Says so when expectations exclude one another. */
    private void possible(Expectation expected, String index) {
        String byHop = expected.hop().isEmpty() ? null : kind(expected.hop());
        Optional<String> kind = expected.kind();
        if (byHop != null && kind.isPresent() && !kind.get().equals(byHop)) {
            contradiction(
                    SettingsCase.KIND, "kind '" + kind.get() + "' never goes with this hop", "leave one out", index);
            return;
        }
        String known = kind.orElse(byHop);
        if (known == null || known.equals("relay")) {
            return;
        }
        never(SettingsCase.HOST, expected.host().isPresent(), known, index);
        boolean nowhere = NOWHERE.contains(known);
        never(SettingsCase.PORT, nowhere && expected.port().isPresent(), known, index);
        never(SettingsCase.TLS, nowhere && expected.tls().isPresent(), known, index);
    }

    private static String kind(List<String> hop) {
        return hop.size() == 1 && (hop.getFirst().equals("mx") || NOWHERE.contains(hop.getFirst()))
                ? hop.getFirst()
                : "relay";
    }

    private void never(Setting<?> setting, boolean expected, String kind, String index) {
        if (expected) {
            String word = setting.key().segments().getLast();
            String hint = kind.equals("mx") ? "DNS is not asked here; expect kind = \"mx\" alone" : "leave it out";
            contradiction(setting, "a decision of kind '" + kind + "' has no " + word, hint, index);
        }
    }

    private void contradiction(Setting<?> setting, String message, String hint, String index) {
        values.wrong(setting, Code.TEST_CONTRADICTION, message, hint, index);
    }
}
