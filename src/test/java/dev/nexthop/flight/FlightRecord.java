package dev.nexthop.flight;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import jdk.jfr.Event;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** What the flight recorder heard of us while something was done. */
public final class FlightRecord {
    static final List<Class<? extends Event>> EVENTS = List.of(
            CommitEvent.class,
            ReceptionEvent.class,
            RouteEvent.class,
            ConnectionEvent.class,
            AttemptEvent.class,
            OutcomeEvent.class);

    private final List<RecordedEvent> events;

    private FlightRecord(List<RecordedEvent> events) {
        this.events = events;
    }

    /** Something to do. */
    @FunctionalInterface
    public interface Deed {
        /** Does it, and returns when everything has happened. */
        void done() throws Exception;
    }

    /** Records all our events, short ones too. */
    public static FlightRecord of(Deed deed) throws Exception {
        try (Recording recording = new Recording()) {
            EVENTS.forEach(event -> recording.enable(event).withThreshold(Duration.ZERO));
            recording.start();
            deed.done();
            recording.stop();
            List<RecordedEvent> events = read(recording);
            events.forEach(FlightRecord::checkWithoutAddresses);
            return new FlightRecord(events);
        }
    }

    /** They name domains and hosts, and nobody. */
    private static void checkWithoutAddresses(RecordedEvent event) {
        boolean named = event.getFields().stream()
                .filter(field -> field.getTypeName().equals("java.lang.String"))
                .map(field -> event.getString(field.getName()))
                .anyMatch(text -> text != null && text.indexOf('@') >= 0);
        if (named) {
            throw new AssertionError("an address in " + event);
        }
    }

    private static List<RecordedEvent> read(Recording recording) throws IOException {
        Path file = Files.createTempFile("flight", ".jfr");
        try {
            recording.dump(file);
            // The file has them by the thread and the buffer that they were written to.
            return RecordingFile.readAllEvents(file).stream()
                    .sorted(Comparator.comparing(RecordedEvent::getEndTime))
                    .toList();
        } finally {
            Files.delete(file);
        }
    }

    /** The events of a kind, such as {@code Commit}, in their order. */
    public List<RecordedEvent> of(String kind) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals("dev.nexthop." + kind))
                .toList();
    }

    /** The only event of a kind. */
    public RecordedEvent only(String kind) {
        List<RecordedEvent> all = of(kind);
        if (all.size() != 1) {
            throw new AssertionError(all.size() + " events " + kind + ": " + all);
        }
        return all.getFirst();
    }

    /** What a committer of that name told. */
    public List<RecordedEvent> commits(String thread) {
        return of("Commit").stream()
                .filter(event -> Objects.equals(event.getThread().getJavaName(), thread))
                .toList();
    }
}
