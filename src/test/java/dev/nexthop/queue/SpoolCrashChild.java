package dev.nexthop.queue;

import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.QueueId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A process that commits as fast as it can until it is killed. Each line it prints is a promise: {@code + id seed size}
 * the message is durable; {@code - id} it may be gone from now on; {@code = id} it is gone.
 */
final class SpoolCrashChild {
    private static final int SESSIONS = 20;
    private static final int MEMORY_BODY = 16 * 1024;

    private SpoolCrashChild() {}

    static SpoolSettings settings(Path folder) {
        return new SpoolSettings(folder, MEMORY_BODY, 0);
    }

    public static void main(String[] args) throws Exception {
        RocksSpool spool = RocksSpool.open(settings(Path.of(args[0])), Clock.systemUTC(), message -> {});
        long seed = Long.parseLong(args[1]);
        Thread[] sessions = new Thread[SESSIONS];
        for (int i = 0; i < SESSIONS; i++) {
            SplittableRandom random = new SplittableRandom(seed * SESSIONS + i);
            sessions[i] = Thread.ofVirtual().start(() -> session(spool, random));
        }
        for (Thread session : sessions) {
            session.join();
        }
    }

    private static void session(RocksSpool spool, SplittableRandom random) {
        Envelope envelope = Samples.envelope("a@example.com", "b@example.net");
        try {
            while (true) {
                long seed = random.nextLong();
                int size = random.nextInt(50) == 0 ? MEMORY_BODY * 3 : random.nextInt(6_000);
                QueueId id;
                try (Draft draft = spool.begin()) {
                    byte[] content = Samples.content(seed, size);
                    for (int at = 0; at < size; at += 1_000) {
                        draft.write(content, at, Math.min(1_000, size - at));
                    }
                    id = draft.commit(envelope, Samples.scheduled(envelope), List.of())
                            .id();
                }
                System.out.println("+ " + id + " " + seed + " " + size + " .");
                if (random.nextInt(4) == 0) {
                    System.out.println("- " + id + " .");
                    spool.apply(List.of(new Change.Removal(id))).join();
                    System.out.println("= " + id + " .");
                }
            }
        } catch (IOException e) {
            System.out.println("! " + e);
        }
    }
}
