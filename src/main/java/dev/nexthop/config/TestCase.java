package dev.nexthop.config;

import dev.nexthop.schedule.Supposed;
import dev.nexthop.smtp.Mailbox;
import java.util.List;
import java.util.Map;

/**
 * A test of the file, {@code [[test]]}.
 *
 * @param at where it is written
 * @param name what messages call it
 * @param message the message
 * @param to the recipients that are asked for
 * @param answers what look-ups give that would ask a network
 * @param expected what must come out for each recipient
 */
record TestCase(
        int at, String name, Supposed message, List<Mailbox> to, Map<String, String> answers, Expectation expected) {
    TestCase {
        to = List.copyOf(to);
        answers = Map.copyOf(answers);
    }
}
