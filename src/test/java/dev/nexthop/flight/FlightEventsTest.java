package dev.nexthop.flight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.StackTrace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What all our events have in common. */
@Isolated // the flight recorder hears the whole process
class FlightEventsTest {
    private static final Map<String, BooleanSupplier> BEGUN = Map.of(
            "Commit", () -> CommitEvent.begun() != null,
            "Reception", () -> ReceptionEvent.begun() != null,
            "Route", () -> RouteEvent.begun() != null,
            "Connection", () -> ConnectionEvent.begun() != null,
            "DeliveryAttempt", () -> AttemptEvent.begun() != null,
            "OutcomeWrite", () -> OutcomeEvent.begun() != null);

    @Test
    void nothingIsMadeWhileNobodyRecords() throws Exception {
        assertThat(BEGUN)
                .allSatisfy((_, begun) -> assertThat(begun.getAsBoolean()).isFalse());
        FlightRecord.of(() -> assertThat(BEGUN)
                .allSatisfy((_, begun) -> assertThat(begun.getAsBoolean()).isTrue()));
        assertThat(BEGUN)
                .allSatisfy((_, begun) -> assertThat(begun.getAsBoolean()).isFalse());
    }

    @Test
    void eachIsNamedDescribedAndInOneCategory() {
        assertThat(FlightRecord.EVENTS).hasSameSizeAs(BEGUN.keySet());
        for (Class<? extends Event> event : FlightRecord.EVENTS) {
            EventType type = EventType.getEventType(event);
            assertThat(type.getName()).startsWith("dev.nexthop.");
            assertThat(BEGUN).containsKey(type.getName().substring("dev.nexthop.".length()));
            assertThat(type.getLabel()).isNotBlank();
            assertThat(type.getDescription()).isNotBlank();
            assertThat(type.getCategoryNames()).isEqualTo(List.of("Nexthop"));
            assertThat(event.getAnnotation(StackTrace.class).value()).isFalse();
            assertThat(type.getFields())
                    .allSatisfy(field ->
                            assertThat(field.getLabel()).as(field.getName()).isNotBlank());
        }
    }

    @Test
    void theWordForAnOutcome() {
        assertThat(new AttemptEvent.Counts(2, 2, 0, 0).word()).isEqualTo("delivered");
        assertThat(new AttemptEvent.Counts(2, 0, 2, 0).word()).isEqualTo("deferred");
        assertThat(new AttemptEvent.Counts(2, 0, 0, 2).word()).isEqualTo("failed");
        assertThat(new AttemptEvent.Counts(2, 0, 0, 0).word()).isEqualTo("refused");
        assertThat(new AttemptEvent.Counts(3, 1, 0, 1).word()).isEqualTo("mixed");
    }
}
