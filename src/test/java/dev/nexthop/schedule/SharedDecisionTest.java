package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.expr.RuleSource;
import dev.nexthop.flight.FlightRecord;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What recipients of one message share of their decisions, and what they don't. */
@Isolated // the flight recorder hears the whole process
class SharedDecisionTest {
    private static final String FROM = "sender@a.test";

    /** Neighbours of whom the rules say the same are decided on once; where rules ask for the address, each is. */
    @Test
    void neighboursShareADecisionUnlessTheRulesAskForTheAddress() throws Exception {
        World world = World.started();
        List<String> ids = new ArrayList<>();
        FlightRecord record = FlightRecord.of(() -> {
            ids.add(world.submit(FROM, "ann@relay.test", "bob@relay.test", "cid@b.test", "dan@relay.test")
                    .toString());
            world.settle();
            world.rules = List.of(
                    new RuleSource("rcpt = 'bob@relay.test'", "'reject:550 5.7.1 no'", "nexthop.toml:1:1"),
                    new RuleSource(null, "'relay'", "nexthop.toml:2:1"));
            world.reload();
            world.jobs.clear();
            ids.add(world.submit(FROM, "ann@relay.test", "bob@relay.test", "dan@relay.test")
                    .toString());
            world.settle();
        });
        assertThat(record.of("Route"))
                .extracting(event -> ids.indexOf(event.getString("id")) + " " + event.getString("hop"))
                .contains("0 relay", "0 mx", "0 relay", "1 relay", "1 reject", "1 relay")
                .filteredOn(text -> text.charAt(0) != '-') // the bounce is decided on too
                .hasSize(6);
        assertThat(world.jobs)
                .extracting(job -> job.recipients().stream()
                        .map(facts -> facts.recipient().localPart())
                        .toList())
                .contains(List.of("ann", "dan"), List.of("bob"));
    }

    /** One transaction, several decisions: the queue keeps for each recipient why it went where it went. */
    @Test
    void whoeverWaitsKeepsHisOwnTrace() {
        World world = World.started();
        world.rules = List.of(
                new RuleSource("rcpt_domain = 'b.test'", "'relay'", "nexthop.toml:1:1"),
                new RuleSource(null, "'relay'", "nexthop.toml:2:1"));
        world.reload();
        world.hosts = _ -> World.deferred("later");
        world.submit(FROM, "ann@a.test", "cid@b.test", "dan@a.test");
        world.settle();
        assertThat(world.jobs).hasSize(1);
        assertThat(world.spool.durable.firstEntry().getValue().recipients())
                .extracting(state -> state.last().orElseThrow().route().reason())
                .satisfiesExactly(
                        ann -> assertThat(ann).startsWith("rule 2 at"),
                        cid -> assertThat(cid).startsWith("rule 1 at"),
                        dan -> assertThat(dan).startsWith("rule 2 at"));
    }
}
