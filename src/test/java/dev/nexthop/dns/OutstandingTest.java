package dev.nexthop.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/** Who may ask while others wait for their answers. */
class OutstandingTest {
    private final AtomicLong nanos = new AtomicLong();
    private final Outstanding outstanding = new Outstanding(nanos::get);

    private static Question question(String name) {
        return new Question(Name.fromConstantString(name + "."), Type.A);
    }

    /** Waits for nobody. */
    private Outstanding.Place enter(String name) throws Exception {
        return outstanding.enter(question(name), nanos.get());
    }

    private void pass() {
        nanos.addAndGet(Outstanding.SLOW_AFTER.toNanos());
    }

    private List<Outstanding.Place> fill(String suffix) throws Exception {
        List<Outstanding.Place> places = new ArrayList<>();
        for (int i = 0; i < Outstanding.FRESH; i++) {
            places.add(enter("h" + i + suffix));
        }
        return places;
    }

    @Test
    void thereAreSoManyAtATime() throws Exception {
        List<Outstanding.Place> places = fill(".h.example");
        assertThatThrownBy(() -> enter("x.other"))
                .isInstanceOf(Outstanding.FullException.class)
                .hasMessage("100 other look-ups were under way for too long");
        outstanding.leave(places.getFirst());
        assertThat(enter("x.other")).isNotNull();
    }

    /** One party with name servers that answer late held all places, for as long as it pleased. */
    @Test
    void lateAnswersOfOnePartyDelayNobodyElse() throws Exception {
        List<Outstanding.Place> places = fill(".evil.example");
        pass();
        assertThat(enter("mx.good.example")).isNotNull();
        assertThatThrownBy(() -> enter("mx1.evil.example"))
                .isInstanceOf(Outstanding.FullException.class)
                .hasMessage("25 other questions about evil.example have waited for an answer for more than 2 s");
        places.subList(0, Outstanding.FRESH - Outstanding.SLOW_OF_ONE_ZONE + 1).forEach(outstanding::leave);
        assertThat(enter("mx1.evil.example")).as("it answers again").isNotNull();
    }

    /** The zone of a large provider: many ask about it, and for a moment it says nothing. */
    @Test
    void aZoneMayHaveABadMomentWhileThereIsRoom() throws Exception {
        for (int i = 0; i < 2 * Outstanding.SLOW_OF_ONE_ZONE; i++) {
            enter("mx" + i + ".provider.example");
        }
        pass();
        assertThat(enter("another.provider.example")).isNotNull();
    }

    @Test
    void theSlowOnesAreBoundedToo() throws Exception {
        int zones = Outstanding.SLOW / Outstanding.FRESH;
        List<Outstanding.Place> first = fill(".zone0.example");
        for (int i = 1; i <= zones; i++) {
            pass();
            fill(".zone" + i + ".example");
        }
        pass();
        assertThatThrownBy(() -> enter("x.other"))
                .isInstanceOf(Outstanding.FullException.class)
                .hasMessageContaining("100 other");
        outstanding.leave(first.getFirst());
        assertThat(enter("x.other")).as("the next one becomes slow").isNotNull();
    }

    @Test
    void whoWaitsGoesOnAsSoonAsAPlaceIsFree() throws Exception {
        List<Outstanding.Place> places = fill(".h.example");
        List<FutureTask<Outstanding.Place>> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            FutureTask<Outstanding.Place> task =
                    new FutureTask<>(() -> outstanding.enter(question("x.other"), Long.MAX_VALUE));
            Thread.startVirtualThread(task);
            waiting.add(task);
        }
        places.subList(0, 3).forEach(outstanding::leave);
        for (FutureTask<Outstanding.Place> task : waiting) {
            assertThat(task.get(20, TimeUnit.SECONDS)).isNotNull();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "mx.Example.org, example.org",
        "_25._tcp.mx1.a.example.org, example.org",
        "example.org, example.org",
        "org, org",
        "a.b.example.co.uk, example.co.uk",
        "example.co.uk, example.co.uk",
        "co.uk, co.uk",
        "a.ibm.com, ibm.com",
        "a.b.abc.de, abc.de",
        "4.3.2.1.in-addr.arpa, 3.2.1.in-addr.arpa",
        "f.e.d.c.b.a.9.8.7.6.5.4.3.2.1.0.b.b.b.b.8.b.d.0.1.0.0.2.ip6.arpa, b.b.b.b.8.b.d.0.1.0.0.2.ip6.arpa",
    })
    void whoseAName(String name, String zone) {
        assertThat(Outstanding.zone(Name.fromConstantString(name + "."))).isEqualTo(zone);
    }

    @Test
    void theRootIsAZone() {
        assertThat(Outstanding.zone(Name.root)).isEqualTo(".");
    }
}
