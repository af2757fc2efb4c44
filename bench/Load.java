import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a run sends.
 *
 * @param messages how many
 * @param sessions of the client at once
 * @param size octets of a message
 * @param recipients of each message
 * @param reuse whether the client keeps its connections
 * @param way to the sink
 */
record Load(int messages, int sessions, int size, int recipients, boolean reuse, Way way) {
    /** What the server speaks to the sink; the recipients' domain says it. */
    enum Way {
        SMTP("remote.example", ""),
        STARTTLS("tls.example", ", STARTTLS to the sink"),
        LMTP("lmtp.example", ", LMTP to the sink"),
        /** The sink comes up only when the server has taken all, and is told to try again. */
        BACKLOG("late.example", ", a backlog drained");

        final String domain;
        private final String words;

        Way(String domain, String words) {
            this.domain = domain;
            this.words = words;
        }
    }

    @Override
    public String toString() {
        String octets = size >= 1 << 20 ? (size >> 20) + " MB" : size >= 10_240 ? (size >> 10) + " KB" : size + " B";
        return octets + ", " + sessions + (sessions == 1 ? " session" : " sessions")
                + (reuse ? ", client reuses" : ", client reconnects")
                + (recipients == 1 ? "" : ", " + recipients + " recipients") + way.words;
    }

    /** Sends it to a port of loopback; returns when the client has got rid of it, or has not within five minutes. */
    void send(int port) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("smtp-source", "-s", "" + sessions, "-m", "" + messages));
        words.addAll(List.of("-l", "" + size, "-f", "from@sender.example"));
        words.addAll(List.of("-t", "to@" + way.domain, "-r", "" + recipients));
        if (reuse) {
            words.add("-d");
        }
        words.add("127.0.0.1:" + port);
        Process source = new ProcessBuilder(words).inheritIO().start();
        if (!source.waitFor(300, TimeUnit.SECONDS)) {
            source.destroyForcibly();
        }
    }

    /** The same, with other messages. */
    Load of(int messages) {
        return new Load(messages, sessions, size, recipients, reuse, way);
    }

    /** The loads of the page's short table. */
    static List<Load> usual(int messages, int sessions, int size) {
        return List.of(
                new Load(messages, sessions, size, 1, false, Way.SMTP),
                new Load(messages, sessions, size, 1, true, Way.SMTP),
                new Load(messages, sessions, size, 1, true, Way.STARTTLS));
    }

    /** Every load of the page's table. */
    static List<Load> all() {
        int kib = 1_024;
        List<Load> all = new ArrayList<>(usual(5_000, 20, 4 * kib));
        for (boolean reuse : new boolean[] {false, true}) {
            all.add(new Load(1_500, 1, 4 * kib, 1, reuse, Way.SMTP));
            all.add(new Load(5_000, 200, 4 * kib, 1, reuse, Way.SMTP));
            all.add(new Load(5_000, 20, kib, 1, reuse, Way.SMTP));
            all.add(new Load(1_500, 5, 200 * kib, 1, reuse, Way.SMTP));
        }
        all.add(new Load(40, 5, 10 * kib * kib, 1, true, Way.SMTP));
        all.add(new Load(2_000, 20, 4 * kib, 50, true, Way.SMTP));
        all.add(new Load(5_000, 20, 4 * kib, 1, true, Way.LMTP));
        all.add(new Load(5_000, 20, 4 * kib, 1, true, Way.BACKLOG));
        return all;
    }
}
