package dev.nexthop.cli;

import dev.nexthop.config.Configuration;
import dev.nexthop.config.Loaded;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code nexthop serve}: runs the server in the foreground. */
@Command(
        name = "serve",
        description = {
            "Runs the server in the foreground.",
            "Prints 'nexthop ready' on standard output once every listener is bound. SIGTERM finishes the transactions in hand and stops; SIGHUP reads the configuration again."
        },
        footer = {"", "Example: nexthop serve --config /etc/nexthop/nexthop.toml"})
final class ServeCommand implements Callable<Integer> {
    private final Serving serving;

    @Mixin
    ConfigOption config = new ConfigOption();

    ServeCommand(Serving serving) {
        this.serving = serving;
    }

    @Override
    public Integer call() {
        if (config.path().isEmpty()) {
            firstAccount();
        }
        // The file is chosen once: a reload reads the same one, whatever other files have come to be.
        Optional<Path> file = config.path();
        Supplier<Loaded> source = () -> file.map(Configuration::load).orElseGet(config::builtIn);
        Loaded loaded = source.get();
        Configuration configuration = ConfigOption.good(loaded);
        if (!loaded.problems().isEmpty()) {
            System.err.println(ConfigOption.rendered(loaded.problems()));
        }
        return serving.run(configuration, source);
    }

    private static void firstAccount() {
        try {
            FirstAccount.prepare(ConfigOption.DATA);
        } catch (IOException e) {
            throw new CommandFailure("the data folder " + ConfigOption.DATA + " can't be prepared: " + e.getMessage());
        }
    }
}
