package dev.nexthop.config;

/** What is perhaps not meant, in a configuration that can be used. */
final class Lints {
    private final Values values;
    private final Configuration configuration;
    private final Surroundings surroundings;

    Lints(Values values, Configuration configuration, Surroundings surroundings) {
        this.values = values;
        this.configuration = configuration;
        this.surroundings = surroundings;
    }

    void run() {
        new RemoteLints(values, configuration).run();
        new ListenerLints(values, configuration.inbound()).run();
        new QueueLints(values, configuration, surroundings).run();
        new SecretLints(values).run();
        new UnusedLints(values, configuration).run();
    }
}
