package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Handover;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.Requests;
import dev.nexthop.mail.Requests.Notify;
import dev.nexthop.mail.Requests.Returned;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.smtp.ReversePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Every combination of what a sender may ask for and what may happen, with the notice that he gets, word for word.
 * {@code -Dnexthop.docs=write} writes the file anew; {@code NoticeParsersIT} gives the same notices to other programs.
 */
class NoticeGoldenTest {
    private static final Path FILE = Path.of("src/test/resources/dev/nexthop/schedule/notices.txt");
    private static final String FROM = "sender@a.test";
    private static final String ENVID = "QQ314 +=";

    /** What happens, with what the notice must say of it. */
    private enum End {
        FAILED("failed 5.1.1"),
        DELAYED("delayed 4.2.1"),
        DELIVERED("delivered 2.0.0"),
        RELAYED("relayed 2.0.0"),
        EXPANDED("expanded 2.0.0");

        private final String meant;

        End(String meant) {
            this.meant = meant;
        }

        Outcome outcome() {
            return switch (this) {
                case FAILED -> World.failed("no such user");
                case DELAYED -> World.deferred("busy");
                case DELIVERED -> World.delivered(Handover.FINAL);
                case RELAYED -> World.delivered(Handover.RELAYED);
                case EXPANDED -> World.delivered(Handover.EXPANDED);
            };
        }
    }

    /**
     * ORCPT=.
     *
     * @param word as the golden file has it
     * @param original the address
     */
    private record Orcpt(String word, Optional<Requests.Original> original) {}

    private static final List<Orcpt> ORCPT = List.of(
            new Orcpt("-", Optional.empty()),
            new Orcpt("rfc822", Optional.of(new Requests.Original("rfc822", "bob+tag=1@old.test"))),
            new Orcpt("utf-8", Optional.of(new Requests.Original("utf-8", "bø@old.test"))));

    private static final List<Notify> CHOICES = List.of(Notify.SUCCESS, Notify.FAILURE, Notify.DELAY);

    private static final List<Optional<Returned>> RET =
            List.of(Optional.empty(), Optional.of(Returned.FULL), Optional.of(Returned.HDRS));

    /** The distinct notices and what each must mean. */
    private final Map<String, String> notices = new LinkedHashMap<>();

    private final StringBuilder page = new StringBuilder(INTRODUCTION);

    /** Absent, NEVER, and each set of the other three that is not empty. */
    private static List<Set<Notify>> asked() {
        List<Set<Notify>> all = new ArrayList<>(List.of(Set.of(), Set.of(Notify.NEVER)));
        for (int bits = 1; bits < 8; bits++) {
            Set<Notify> set = EnumSet.noneOf(Notify.class);
            for (int i = 0; i < CHOICES.size(); i++) {
                if ((bits & (1 << i)) != 0) {
                    set.add(CHOICES.get(i));
                }
            }
            all.add(set);
        }
        return all;
    }

    private static Requests requests(Optional<Returned> returned, String id, Requests.Recipient... recipients) {
        return new Requests(returned, id, List.of(recipients), false, Optional.empty(), Optional.empty());
    }

    /** The notice, as its envelope and the message; empty when there is none. */
    private static Optional<String> notice(World world, End end, Requests requests, String... to) {
        world.hosts = facts -> facts.recipient().domain().name().equals("a.test") ? World.delivered() : end.outcome();
        world.submit(requests, 0, FROM, to);
        world.advance(Duration.ofDays(end == End.DELAYED ? 2 : 0));
        List<QueuedMessage> made = world.spool.committed.stream()
                .filter(message -> message.envelope().sender() instanceof ReversePath.Null)
                .toList();
        assertThat(made).as("one notice for one outcome").hasSizeLessThanOrEqualTo(1);
        return made.stream().map(NoticeGoldenTest::shown).findFirst();
    }

    private static String shown(QueuedMessage message) {
        String text = new String(Objects.requireNonNull(message.body().inMemory()), StandardCharsets.UTF_8);
        assertThat(text.replace("\r\n", "")).doesNotContain("\r", "\n");
        BodyType body = message.envelope().body();
        String from = "MAIL FROM:<> BODY=" + (body == BodyType.SEVEN_BIT ? "7BIT" : "8BITMIME")
                + (message.envelope().smtpUtf8() ? " SMTPUTF8" : "");
        String to = message.envelope().recipients().stream()
                .map(mailbox -> "RCPT TO:<" + mailbox + "> NOTIFY="
                        + Wishes.asked(message.envelope(), mailbox).notices().stream()
                                .map(Notify::name)
                                .collect(Collectors.joining(",")))
                .collect(Collectors.joining("\n"));
        return from + "\n" + to + "\n\n" + text.replace("\r\n", "\n");
    }

    /** The number of a notice. */
    private String number(String notice, String meant) {
        notices.putIfAbsent(notice, meant);
        assertThat(notices.get(notice)).isEqualTo(meant);
        return Integer.toString(new ArrayList<>(notices.keySet()).indexOf(notice) + 1);
    }

    private String cell(End end, Requests requests) {
        return notice(World.started(), end, requests, "bob@b.test")
                .map(notice -> number(notice, end.meant + " bob@b.test"))
                .orElse("-");
    }

    private void table(End end) {
        page.append("\n").append(end.name().toLowerCase(Locale.ROOT)).append('\n');
        StringBuilder[] head = {row("RET"), row("ENVID"), row("ORCPT")};
        for (Set<Notify> asked : asked()) {
            String name =
                    asked.isEmpty() ? "-" : asked.stream().map(Notify::name).collect(Collectors.joining(","));
            StringBuilder line = row("NOTIFY=" + name);
            for (Optional<Returned> returned : RET) {
                for (String id : List.of("", ENVID)) {
                    for (Orcpt original : ORCPT) {
                        if (asked.isEmpty()) {
                            cell(head[0], returned.map(Returned::name).orElse("-"));
                            cell(head[1], id.isEmpty() ? "-" : "given");
                            cell(head[2], original.word());
                        }
                        Requests.Recipient recipient = new Requests.Recipient(asked, original.original());
                        cell(line, cell(end, requests(returned, id, recipient)));
                    }
                }
            }
            if (asked.isEmpty()) {
                for (StringBuilder one : head) {
                    page.append(one).append('\n');
                }
            }
            page.append(line).append('\n');
        }
    }

    private static StringBuilder row(String name) {
        return new StringBuilder(String.format(Locale.ROOT, "%-30s", name));
    }

    private static void cell(StringBuilder row, String text) {
        row.append(String.format(Locale.ROOT, "%7s", text));
    }

    private void further() {
        page.append("\nfurther\n");
        Requests none = Requests.NONE;
        for (String language : List.of("de", "fr", "es")) {
            World world = new World(1);
            world.language = language;
            world.spool.immediate = true;
            world.boot();
            world.settle();
            add(
                    "a failure in the language " + language,
                    notice(world, End.FAILED, none, "bob@b.test"),
                    "failed 5.1.1 bob@b.test");
        }
        add(
                "a failure of two recipients",
                notice(World.started(), End.FAILED, none, "bob@b.test", "eve@c.test"),
                "failed 5.1.1 bob@b.test eve@c.test");
        add(
                "a failure of an address beyond ASCII",
                notice(World.started(), End.FAILED, none, "bø@b.test"),
                "failed 5.1.1 bø@b.test");
        Requests.Recipient original =
                new Requests.Recipient(Set.of(), Optional.of(new Requests.Original("utf-8", "bø@old.test")));
        add(
                "the same with an original recipient beyond ASCII",
                notice(World.started(), End.FAILED, requests(Optional.empty(), "", original), "bø@b.test"),
                "failed 5.1.1 bø@b.test");
        add(
                "a failure at an address of a rule of ours",
                notice(World.started(), End.FAILED, none, "bob@rejected.test"),
                "failed 5.7.1 bob@rejected.test");
    }

    private void add(String what, Optional<String> notice, String meant) {
        page.append(row(what + ":").append(' ').append(number(notice.orElseThrow(), meant)))
                .append('\n');
    }

    @Test
    void everyCombinationIsAsInTheFile() throws IOException {
        for (End end : End.values()) {
            table(end);
        }
        further();
        int number = 0;
        for (Map.Entry<String, String> notice : notices.entrySet()) {
            page.append("\n=== notice ")
                    .append(++number)
                    .append(": ")
                    .append(notice.getValue())
                    .append('\n');
            page.append(notice.getKey()).append("=== end\n");
        }
        if ("write".equals(System.getProperty("nexthop.docs"))) {
            Files.writeString(FILE, page);
        }
        assertThat(page.toString())
                .as(FILE + " (run the test with -Dnexthop.docs=write)")
                .isEqualTo(Files.readString(FILE));
    }

    private static final String INTRODUCTION = """
            Which notice a sender gets for everything that he may ask for (RFC 3461) and for everything that may happen.

            A table for each outcome: a row for each NOTIFY, a column for each RET, ENVID and ORCPT, "-" where the parameter is absent.
            A cell is the number of the notice, "-" where there is none; the notices follow, with envelope, word for word.
            ENVID is QQ314+20+2B+3D; ORCPT is rfc822;bob+2Btag+3D1@old.test or utf-8;b\\x{F8}@old.test; the recipient is bob@b.test.
            """;
}
