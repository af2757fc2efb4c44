package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.delivery.HopVerdict;
import java.util.LinkedHashSet;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What attempts say of a destination. */
class DestinationTest {
    /** Each attempt is over soon; u is one that reaches nobody, h a healthy one; then what it is held for before and after them. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            mx:a.test   |       | u     | DOUBTED | DOUBTED
            mx:a.test   |       | h     | DOUBTED | QUICK
            mx:a.test   |       | hu    | DOUBTED | QUICK
            mx:a.test   |       | huuuu | DOUBTED | QUICK
            mx:a.test   |       | huuuuu | DOUBTED | DOUBTED
            mx:a.test   |       | huuuuuh | DOUBTED | QUICK
            relay:out   | out   | u     | UNKNOWN | QUICK
            relay:out   | out   | uuuuuu | UNKNOWN | QUICK
            local       |       | u     | UNKNOWN | QUICK
            """)
    void whoeverAnsweredBeforeIsNotDoubtedForOneFailure(
            String site, String remote, String attempts, Pace first, Pace last) {
        List<String> remotes = remote == null ? List.of() : List.of(remote);
        Destination destination = new Destination(site, site, remotes, new QueueSlots("", new LinkedHashSet<>()));
        assertThat(destination.pace).isEqualTo(first);
        for (int i = 0; i < attempts.length(); i++) {
            destination.learn(attempts.charAt(i) == 'u' ? World.unreachable() : new HopVerdict.Healthy(), 0);
            destination.pace = destination.known(Pace.QUICK);
        }
        assertThat(destination.pace).isEqualTo(last);
        assertThat(destination.known(Pace.SLOW)).isEqualTo(Pace.SLOW);
        destination.forgive();
        assertThat(destination.untold()).isEqualTo(last == Pace.DOUBTED);
    }
}
