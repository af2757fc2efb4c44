package dev.nexthop.cli;

import dev.nexthop.config.Configuration;
import dev.nexthop.config.Effective;
import dev.nexthop.config.Origin;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code nexthop config show}: every setting in force, and where it is written. */
@Command(
        name = "show",
        description = "Prints every setting in force, defaults too; secrets are never shown.",
        footer = {"", "Example: nexthop config show --origin queue.outbound"})
final class ConfigShowCommand implements Callable<Integer> {
    private static final int LONGEST = 200;

    @Mixin
    ConfigOption config = new ConfigOption();

    @Mixin
    Output output = new Output();

    @Option(names = "--origin", description = "print where each setting is written: file:line:column, or default")
    boolean origin;

    @Option(names = "--written", description = "print only what somebody wrote, no defaults")
    boolean written;

    @Parameters(
            arity = "0..1",
            paramLabel = "KEY",
            description = "print this setting, and those below it: queue.outbound, remote.relay")
    @Nullable
    String key;

    @Override
    public Integer call() {
        Configuration configuration = config.load();
        List<Effective> settings = configuration.effective().stream()
                .filter(setting -> !written || !setting.origin().equals(Origin.DEFAULT))
                .filter(setting -> isBelow(setting.key()))
                .toList();
        if (settings.isEmpty()) {
            throw new CommandFailure(
                    key == null ? "no setting is written" : "there is no setting " + key + " in this configuration");
        }
        PrintWriter out = output.out();
        if (output.json) {
            out.println(json(settings).toPrettyString());
        } else if (origin) {
            Table table = new Table("SETTING", "ORIGIN", "VALUE");
            settings.forEach(
                    setting -> table.row(setting.key(), setting.origin().toString(), cut(setting.value())));
            table.print(out);
        } else {
            Table table = new Table("SETTING", "VALUE");
            settings.forEach(setting -> table.row(setting.key(), cut(setting.value())));
            table.print(out);
        }
        out.flush();
        return 0;
    }

    /** Certificates are long. */
    private static String cut(String value) {
        return value.length() > LONGEST ? value.substring(0, LONGEST) + "…" : value;
    }

    private boolean isBelow(String name) {
        return key == null || name.equals(key) || name.startsWith(key + ".");
    }

    private static ArrayNode json(List<Effective> settings) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (Effective setting : settings) {
            Origin origin = setting.origin();
            ObjectNode node = list.addObject();
            node.put("key", setting.key()).put("value", setting.value());
            node.put("origin", origin.toString());
            if (!origin.equals(Origin.DEFAULT)) {
                node.put("file", origin.file()).put("line", origin.line()).put("column", origin.column());
            }
        }
        return list;
    }
}
