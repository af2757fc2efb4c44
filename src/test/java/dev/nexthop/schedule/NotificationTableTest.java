package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.dsn.ParsedReport;
import dev.nexthop.mail.Handover;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.Requests;
import dev.nexthop.mail.Requests.Notify;
import dev.nexthop.mail.Requests.Returned;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.smtp.ReversePath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Which notifications a sender gets and what is in them, for everything that he may ask for (RFC 3461, RFC 3464). */
class NotificationTableTest {
    private static final String FROM = "sender@a.test";
    private static final String HEADER = "From: <a@from.test>\r\nSubject: hello\r\n";

    private static final List<Set<Notify>> NOTIFY = List.of(
            Set.of(),
            Set.of(Notify.NEVER),
            Set.of(Notify.SUCCESS),
            Set.of(Notify.FAILURE),
            Set.of(Notify.DELAY),
            Set.of(Notify.SUCCESS, Notify.FAILURE),
            Set.of(Notify.SUCCESS, Notify.DELAY),
            Set.of(Notify.FAILURE, Notify.DELAY),
            Set.of(Notify.SUCCESS, Notify.FAILURE, Notify.DELAY));

    private static final List<Optional<Requests.Original>> ORCPT = List.of(
            Optional.empty(),
            Optional.of(new Requests.Original("rfc822", "bob+tag=1@old.test")),
            Optional.of(new Requests.Original("utf-8", "bø@old.test")),
            Optional.of(new Requests.Original("x-odd", "a\r\nFinal-Recipient: rfc822; eve@evil.test")));

    /** How it ends, or does not. */
    enum End {
        FAILED,
        DELAYED,
        FINAL,
        EXPANDED,
        CHAINED,
        RELAYED,
        UNTIMED,
        DISCARDED
    }

    private static Requests.Recipient recipient(Set<Notify> notices) {
        return new Requests.Recipient(notices, Optional.empty());
    }

    static Requests requests(Requests.Recipient... recipients) {
        return new Requests(Optional.empty(), "", List.of(recipients), false, Optional.empty(), Optional.empty());
    }

    private static World world(End end) {
        World world = World.started();
        world.hosts = facts -> facts.recipient().domain().name().equals("a.test") ? World.delivered() : outcome(end);
        return world;
    }

    private static Outcome outcome(End end) {
        return switch (end) {
            case FAILED -> World.failed("no such user");
            case DELAYED -> World.deferred("busy");
            case FINAL -> World.delivered(Handover.FINAL);
            case EXPANDED -> World.delivered(Handover.EXPANDED);
            case CHAINED -> World.delivered(Handover.CHAINED);
            case RELAYED -> World.delivered(Handover.RELAYED);
            case UNTIMED -> World.delivered(Handover.UNTIMED);
            case DISCARDED -> World.delivered(Handover.DISCARDED);
        };
    }

    private static List<ParsedReport> reports(World world) {
        return world.notifications().stream().map(ParsedReport::of).toList();
    }

    private static List<String> actions(World world) {
        return reports(world).stream()
                .flatMap(report -> report.recipients().stream())
                .map(fields -> fields.get("action"))
                .toList();
    }

    /** The rule of RFC 3461 §4.1 and §5.2, written down once more. */
    private static List<String> expected(End end, Set<Notify> notices) {
        return switch (end) {
            case FAILED -> notices.isEmpty() || notices.contains(Notify.FAILURE) ? List.of("failed") : List.of();
            case DELAYED -> notices.isEmpty() || notices.contains(Notify.DELAY) ? List.of("delayed") : List.of();
            case FINAL -> notices.contains(Notify.SUCCESS) ? List.of("delivered") : List.of();
            case EXPANDED -> notices.contains(Notify.SUCCESS) ? List.of("expanded") : List.of();
            case CHAINED, DISCARDED -> List.of();
            case RELAYED -> notices.contains(Notify.SUCCESS) ? List.of("relayed") : List.of();
            case UNTIMED -> notices.contains(Notify.NEVER) ? List.of() : List.of("relayed"); // RFC 2852 §4.1.4.2
        };
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void everyCombinationOfWhatMayBeAsked(End end) {
        for (Set<Notify> notices : NOTIFY) {
            for (Optional<Returned> returned : returned()) {
                for (String id : List.of("", "QQ314 +=äß")) {
                    for (Optional<Requests.Original> original : ORCPT) {
                        Requests requests = new Requests(
                                returned,
                                id,
                                List.of(new Requests.Recipient(notices, original)),
                                false,
                                Optional.empty(),
                                Optional.empty());
                        World world = world(end);
                        world.submit(requests, 0, FROM, "bob@b.test");
                        world.advance(Duration.ofDays(end == End.DELAYED ? 2 : 0));
                        assertThat(actions(world)).as("%s %s", end, requests).isEqualTo(expected(end, notices));
                        reports(world).forEach(report -> check(report, end, requests));
                    }
                }
            }
        }
    }

    private static List<Optional<Returned>> returned() {
        return Stream.concat(
                        Stream.of(Optional.<Returned>empty()),
                        Stream.of(Returned.values()).map(Optional::of))
                .toList();
    }

    private static void check(ParsedReport report, End end, Requests requests) {
        assertThat(report.header())
                .containsEntry("to", "<" + FROM + ">")
                .containsEntry("auto-submitted", "auto-replied")
                .doesNotContainKey("return-path");
        assertThat(report.header().get("content-type"))
                .startsWith("multipart/report; report-type=delivery-status; boundary=");
        assertThat(report.parts()).hasSize(3);
        assertThat(report.parts().get(0).type()).isEqualTo("text/plain");
        assertThat(report.parts().get(1).type()).isEqualTo("message/delivery-status");
        boolean full = end == End.FAILED && requests.returned().equals(Optional.of(Returned.FULL));
        ParsedReport.Part back = report.parts().get(2);
        assertThat(back.type()).isEqualTo(full ? "message/rfc822" : "text/rfc822-headers");
        assertThat(back.content()).isEqualTo(full ? HEADER + "\r\nhello\r\n" : HEADER);
        assertThat(report.message())
                .containsEntry("reporting-mta", "dns; mx.us.test")
                .containsEntry("arrival-date", "Thu, 1 Jan 2026 00:00:00 +0000");
        assertThat(report.message().get("original-envelope-id"))
                .isEqualTo(requests.envelopeId().isEmpty() ? null : "QQ314 +=??");
        Map<String, String> bob = report.recipients().getFirst();
        assertThat(bob).containsEntry("final-recipient", "rfc822; bob@b.test").containsEntry("remote-mta", REMOTE);
        assertThat(bob.get("original-recipient"))
                .isEqualTo(requests.recipients()
                        .getFirst()
                        .original()
                        .map(NotificationTableTest::shown)
                        .orElse(null));
        assertThat(bob.get("will-retry-until")).isEqualTo(end == End.DELAYED ? "Tue, 6 Jan 2026 00:00:00 +0000" : null);
        assertThat(bob.get("status"))
                .isEqualTo(
                        switch (end) {
                            case FAILED -> "5.1.1";
                            case DELAYED -> "4.2.1";
                            case FINAL, EXPANDED, CHAINED, RELAYED, UNTIMED, DISCARDED -> "2.0.0";
                        });
        assertThat(bob.get("diagnostic-code"))
                .startsWith("smtp; ")
                .contains(
                        switch (end) {
                            case FAILED -> "550 5.1.1 no such user";
                            case DELAYED -> "451 4.2.1 busy";
                            case FINAL, EXPANDED, CHAINED, RELAYED, UNTIMED, DISCARDED -> "250 2.0.0 taken";
                        });
        assertThat(bob).containsKey("last-attempt-date");
    }

    private static final String REMOTE = "dns; mx.there.test";

    /** RFC 3461 §6.3: decoded; RFC 6533 §3: what ASCII can't hold is escaped. Nothing in it starts a field. */
    private static String shown(Requests.Original original) {
        return switch (original.type()) {
            case "rfc822" -> "rfc822; bob+tag=1@old.test";
            case "utf-8" -> "utf-8; b\\x{F8}@old.test";
            default -> "x-odd; a  Final-Recipient: rfc822; eve@evil.test";
        };
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            # handover, NOTIFY,           without trace, with trace (RFC 2852)
            FINAL,      '',               '',            ''
            FINAL,      NEVER,            '',            ''
            FINAL,      SUCCESS,          delivered,     delivered
            FINAL,      'FAILURE DELAY',  '',            ''
            EXPANDED,   SUCCESS,          expanded,      expanded
            EXPANDED,   'FAILURE DELAY',  '',            ''
            CHAINED,    '',               '',            relayed
            CHAINED,    NEVER,            '',            ''
            CHAINED,    SUCCESS,          '',            relayed
            CHAINED,    'FAILURE DELAY',  '',            relayed
            RELAYED,    '',               '',            relayed
            RELAYED,    NEVER,            '',            ''
            RELAYED,    SUCCESS,          relayed,       relayed
            RELAYED,    'FAILURE DELAY',  '',            relayed
            UNTIMED,    '',               relayed,       relayed
            UNTIMED,    NEVER,            '',            ''
            UNTIMED,    SUCCESS,          relayed,       relayed
            UNTIMED,    'FAILURE DELAY',  relayed,       relayed
            """)
    void whoTellsOfSuccess(End end, String asked, String plain, String traced) {
        Set<Notify> notices = Set.copyOf(Stream.of(asked.split(" "))
                .filter(word -> !word.isEmpty())
                .map(Notify::valueOf)
                .toList());
        for (boolean trace : List.of(false, true)) {
            World world = world(end);
            Requests.DeliverBy by = new Requests.DeliverBy(World.START.plusSeconds(3_600), Requests.Mode.NOTIFY, trace);
            Requests requests = new Requests(
                    Optional.empty(), "", List.of(recipient(notices)), false, Optional.of(by), Optional.empty());
            world.submit(requests, 0, FROM, "bob@b.test");
            world.settle();
            assertThat(String.join(" ", actions(world))).isEqualTo(trace ? traced : plain);
            assertThat(world.spool.durable).isEmpty();
        }
    }

    @Test
    void oneNotificationForEachClassOfOutcomes() {
        World world = World.started();
        world.hosts = facts -> switch (facts.recipient().localPart()) {
            case "no", "none" -> World.failed("no such user");
            case "relayed", "too" -> World.delivered(Handover.RELAYED);
            case "list" -> World.delivered(Handover.EXPANDED);
            case "later" -> World.deferred("busy");
            default -> World.delivered();
        };
        String[] to = {
            "list@b.test",
            "yes@b.test",
            "no@c.test",
            "relayed@d.test",
            "none@b.test",
            "also@c.test",
            "too@e.test",
            "later@b.test"
        };
        Requests.Recipient[] all = Stream.of(to)
                .map(_ -> recipient(Set.of(Notify.SUCCESS, Notify.FAILURE)))
                .toArray(Requests.Recipient[]::new);
        world.submit(requests(all), 0, FROM, to);
        world.settle();
        assertThat(reports(world).stream().map(NotificationTableTest::brief))
                .containsExactlyInAnyOrder(
                        "failed no@c.test none@b.test",
                        "delivered yes@b.test also@c.test",
                        "expanded list@b.test",
                        "relayed relayed@d.test too@e.test");
        world.hosts = _ -> World.delivered();
        world.advance(Duration.ofMinutes(2));
        assertThat(reports(world)).hasSize(5);
        assertThat(brief(reports(world).getLast())).isEqualTo("delivered later@b.test");
        assertThat(world.spool.durable).isEmpty();
    }

    private static String brief(ParsedReport report) {
        List<String> words = new ArrayList<>();
        for (Map<String, String> fields : report.recipients()) {
            String action = String.valueOf(fields.get("action"));
            if (!words.contains(action)) {
                words.add(action);
            }
            words.add(String.valueOf(fields.get("final-recipient")).substring("rfc822; ".length()));
        }
        return String.join(" ", words);
    }

    @Test
    void aNotificationIsFromNobodyAndAsksForNone() { // RFC 3461 §6.1
        World world = world(End.FAILED);
        Requests requests =
                new Requests(Optional.of(Returned.FULL), "id", List.of(), true, Optional.empty(), Optional.empty());
        world.submit(requests, 7, FROM, "bob@b.test");
        world.settle();
        QueuedMessage notification = world.spool.committed.getLast();
        assertThat(notification.envelope().sender()).isEqualTo(ReversePath.NULL);
        assertThat(notification.envelope().reception().priority())
                .as("as urgent")
                .isEqualTo(7);
        assertThat(notification.envelope().requests())
                .isEqualTo(new Requests(
                        Optional.empty(),
                        "",
                        List.of(recipient(Set.of(Notify.NEVER))),
                        true,
                        Optional.empty(),
                        Optional.empty()));
    }

    @Test
    void theNullSenderHearsOfNothingAndAFailureIsStillKept() {
        for (Set<Notify> notices : NOTIFY) {
            for (End end : End.values()) {
                World world = world(end);
                world.submit(requests(recipient(notices)), 0, "", "bob@b.test");
                world.advance(Duration.ofDays(2));
                assertThat(world.notifications()).isEmpty();
                assertThat(world.spool.durable.size()).isEqualTo(end == End.FAILED || end == End.DELAYED ? 1 : 0);
            }
        }
    }
}
