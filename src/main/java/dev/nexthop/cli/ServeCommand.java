package dev.nexthop.cli;

import dev.nexthop.config.Configuration;
import dev.nexthop.config.Loaded;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code nexthop serve}: runs the server in the foreground. */
@Command(
        name = "serve",
        description = {
            "Runs the server in the foreground.",
            "Prints 'nexthop ready' on standard output once every listener is bound. SIGTERM finishes the transactions in hand and stops."
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
        Loaded loaded = config.read();
        Configuration configuration = ConfigOption.good(loaded);
        if (!loaded.problems().isEmpty()) {
            System.err.println(ConfigOption.rendered(loaded.problems()));
        }
        return serving.run(configuration);
    }

    private static void firstAccount() {
        try {
            FirstAccount.prepare(ConfigOption.DATA);
        } catch (IOException e) {
            throw new CommandFailure("the data folder " + ConfigOption.DATA + " can't be prepared: " + e.getMessage());
        }
    }
}
