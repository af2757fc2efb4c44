package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.delivery.Attempt;
import dev.nexthop.delivery.Job;
import dev.nexthop.expr.Conditional;
import dev.nexthop.mail.Requests;
import dev.nexthop.smtp.Mailbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What follows from an attempt: a whole scheduler, with a disk and a clock made for it, gets what the attempt came to, and is
 * watched until the recipients are due again.
 */
public final class Aftermath {
    private static final Pattern TOLD =
            Pattern.compile("Final-Recipient: rfc822; (\\S+)\r\n(?:.+\r\n)*?Action: (\\S+)\r\nStatus: (\\S+)\r\n");

    private Aftermath() {}

    /**
     * The fate of a recipient.
     *
     * @param due how long after the attempt it is tried again, such as {@code PT7M}; {@code never}
     * @param told what the sender gets at once, such as {@code failed 5.1.1}; {@code nothing}
     */
    public record Fate(String due, String told) {}

    /**
     * The fates of the recipients {@code r0@x.example}, {@code r1@x.example} and so on of a first attempt.
     *
     * @param attempt what it came to
     * @param retry the first interval of the schedule
     */
    public static List<Fate> of(Attempt attempt, Duration retry) {
        return of(attempt, retry, Requests.NONE);
    }

    /**
     * The same of a message whose sender asked for something.
     *
     * @param attempt what the first attempt came to
     * @param retry the first interval of the schedule
     * @param requests what was asked
     */
    public static List<Fate> of(Attempt attempt, Duration retry, Requests requests) {
        int count = attempt.outcomes().size();
        World world = new World(1);
        world.spool.immediate = true;
        world.retry = Conditional.constant(List.of(retry, retry.multipliedBy(10)));
        world.verdicts = _ -> attempt.verdict();
        world.hosts =
                facts -> ours(facts.recipient()) ? attempt.outcomes().get(index(facts.recipient())) : World.delivered();
        world.boot();
        world.settle();
        String[] recipients = new String[count];
        for (int i = 0; i < count; i++) {
            recipients[i] = "r" + i + "@x.example";
        }
        world.submit(requests, 0, "from@example.org", recipients);
        world.settle();
        List<String> told = told(world, count);
        assertThat(jobs(world)).as("attempts at once").hasSize(1);
        world.advance(retry.minusMillis(1));
        assertThat(jobs(world)).as("attempts before the interval is over").hasSize(1);
        world.advance(Duration.ofMillis(1));
        assertThat(told(world, count)).as("told once, and not again").isEqualTo(told);
        List<String> again = jobs(world).stream()
                .skip(1)
                .flatMap(job -> job.recipients().stream())
                .map(facts -> facts.recipient().toString())
                .toList();
        assertThat(again).doesNotHaveDuplicates();
        List<Fate> fates = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            fates.add(new Fate(again.contains(recipients[i]) ? retry.toString() : "never", told.get(i)));
        }
        if (again.isEmpty()) {
            assertThat(world.spool.durable).as("what is left in the queue").isEmpty();
        }
        return fates;
    }

    private static List<Job> jobs(World world) {
        return world.jobs.stream()
                .filter(job -> ours(job.recipients().getFirst().recipient()))
                .toList();
    }

    private static boolean ours(Mailbox recipient) {
        return recipient.domain().name().equals("x.example");
    }

    private static int index(Mailbox recipient) {
        return Integer.parseInt(recipient.localPart().substring(1));
    }

    private static List<String> told(World world, int count) {
        List<String> told = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            told.add("nothing");
        }
        for (String text : world.notifications()) {
            Matcher matcher = TOLD.matcher(text);
            while (matcher.find()) {
                int index = index(Mailbox.parse(matcher.group(1)));
                assertThat(told.get(index)).as("told once").isEqualTo("nothing");
                told.set(index, matcher.group(2) + " " + matcher.group(3));
            }
        }
        return told;
    }
}
