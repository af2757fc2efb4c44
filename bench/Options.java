import java.util.List;

/** The command line. */
record Options(int rounds, int warmUp, int settle, List<Load> loads, boolean latency, boolean write, boolean exim) {
    boolean tls() {
        return loads.stream().anyMatch(load -> load.way() == Load.Way.STARTTLS);
    }

    static Options parse(List<String> words) {
        int rounds = 3;
        int warmUp = 10_000;
        int settle = 15;
        int messages = 5_000;
        int sessions = 20;
        int size = 4_096;
        int recipients = 1;
        boolean reuse = false;
        Load.Way way = Load.Way.SMTP;
        boolean all = false;
        boolean latency = false;
        boolean write = true;
        boolean one = false;
        boolean exim = words.contains("--exim") || words.contains("--long") && !words.contains("--no-exim");
        for (int i = 0; i < words.size(); i++) {
            one |= List.of("--sessions", "--size", "--recipients", "--reuse", "--tls", "--lmtp", "--backlog")
                    .contains(words.get(i));
            switch (words.get(i)) {
                case "--rounds" -> rounds = Integer.parseInt(words.get(++i));
                case "--warm-up" -> warmUp = Math.max(1, Integer.parseInt(words.get(++i)));
                case "--settle" -> settle = Integer.parseInt(words.get(++i));
                case "--messages" -> messages = Integer.parseInt(words.get(++i));
                case "--sessions" -> sessions = Integer.parseInt(words.get(++i));
                case "--size" -> size = Integer.parseInt(words.get(++i));
                case "--recipients" -> recipients = Integer.parseInt(words.get(++i));
                case "--reuse" -> reuse = true;
                case "--tls" -> way = Load.Way.STARTTLS;
                case "--lmtp" -> way = Load.Way.LMTP;
                case "--backlog" -> way = Load.Way.BACKLOG;
                case "--long" -> all = true;
                case "--exim", "--no-exim" -> {}
                case "--latency" -> latency = true;
                case "--no-write" -> write = false;
                default -> {
                    System.err.println("bench: unknown argument " + words.get(i) + "; see bench/run --help");
                    System.exit(2);
                }
            }
        }
        if (all) {
            return new Options(rounds, warmUp, settle, Load.all(), true, write, exim);
        }
        if (!one) {
            return new Options(rounds, warmUp, settle, Load.usual(messages, sessions, size), latency, write, exim);
        }
        Load plain = new Load(messages, sessions, size, recipients, reuse, Load.Way.SMTP);
        Load load = new Load(messages, sessions, size, recipients, reuse, way);
        List<Load> loads = way == Load.Way.STARTTLS ? List.of(plain, load) : List.of(load);
        return new Options(rounds, warmUp, settle, loads, latency, write, exim);
    }
}
