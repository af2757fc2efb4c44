package dev.nexthop.cli;

import dev.nexthop.dns.ALabels;
import dev.nexthop.smtp.Domain;
import dev.nexthop.sts.PolicyFile;
import dev.nexthop.sts.StsRecord;
import dev.nexthop.tls.StsPolicy;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code nexthop tls sts-policy}: the TXT record and the policy of MTA-STS for a domain of ours (RFC 8461). */
@Command(
        name = "sts-policy",
        description = "Prints the MTA-STS policy of a domain and says where to publish it.",
        footer = {"", "Example: nexthop tls sts-policy --domain example.org --mx mx.example.org --mode testing"})
final class StsPolicyCommand implements Callable<Integer> {
    private static final DateTimeFormatter ID =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    @Option(names = "--domain", paramLabel = "DOMAIN", required = true, description = "the domain of the addresses")
    String domain = "";

    @Option(
            names = "--mx",
            paramLabel = "HOST",
            split = ",",
            description = "a host of its MX records, or *. and a name for one more label; may be repeated")
    List<String> hosts = new ArrayList<>();

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = "testing",
            description = "enforce, testing (the default: others report and send all the same) or none")
    StsPolicy.Mode mode = StsPolicy.Mode.TESTING;

    @Option(
            names = "--max-age",
            paramLabel = "TIME",
            defaultValue = "7d",
            description = "how long others keep it, such as 7d (the default), at most 31557600s")
    String maxAge = "";

    @Option(
            names = "--id",
            paramLabel = "ID",
            description = "another one for each other policy, 1 to 32 letters and digits; the default is the time")
    @Nullable
    String id;

    @Mixin
    Output output = new Output();

    @Override
    public Integer call() {
        String name = name("--domain", domain);
        PolicyFile file = new PolicyFile(mode, hosts.stream().map(this::pattern).toList(), age());
        if (hosts.isEmpty() && mode != StsPolicy.Mode.NONE) {
            throw output.usage("--mx is missing: with mode " + mode.name().toLowerCase(Locale.ROOT)
                    + " a policy names at least one host");
        }
        String current = id == null ? ID.format(Instant.now()) : id;
        String text = "v=STSv1; id=" + current + ";";
        if (!StsRecord.read(List.of(text)).equals(new StsRecord.Found(current))) {
            throw output.usage("--id: '" + current + "' is not 1 to 32 letters and digits");
        }
        PrintWriter out = output.out();
        if (output.json) {
            out.println(json(name, text, file).toPrettyString());
        } else {
            print(out, name, text, file);
        }
        out.flush();
        return 0;
    }

    private static void print(PrintWriter out, String name, String text, PolicyFile file) {
        out.println("1. First let a web server answer https://" + name(name)
                + "/.well-known/mta-sts.txt with this, as text/plain,");
        out.println("   without a redirect, with a certificate for " + name(name) + " that others can verify:");
        out.println();
        file.text().lines().forEach(out::println);
        out.println();
        out.println(
                "2. Then publish this in the zone of " + name + ", with another id whenever the policy is another:");
        out.println();
        out.println("_mta-sts." + name + ". 3600 IN TXT \"" + text + "\"");
    }

    private static String name(String domain) {
        return "mta-sts." + domain;
    }

    private static ObjectNode json(String name, String text, PolicyFile file) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ObjectNode record = json.putObject("txt");
        record.put("name", "_mta-sts." + name + ".");
        record.put("value", text);
        json.put("url", "https://" + name(name) + "/.well-known/mta-sts.txt");
        json.put("policy", file.text());
        return json;
    }

    private Duration age() {
        Duration age = Durations.parse(maxAge);
        if (age == null || age.compareTo(PolicyFile.MAX_AGE) > 0) {
            throw output.usage("--max-age: '" + maxAge + "' is not a time from 0s to " + PolicyFile.MAX_AGE.toSeconds()
                    + "s, such as 7d");
        }
        return age;
    }

    private String pattern(String host) {
        boolean wild = host.startsWith("*.");
        return (wild ? "*." : "") + name("--mx", wild ? host.substring(2) : host);
    }

    /** A host name in A-labels. */
    private String name(String option, String text) {
        Optional<String> ascii = text.isEmpty() || text.length() > Domain.MAX_OCTETS
                ? Optional.empty()
                : ALabels.of(new Domain(text)).map(Domain::name);
        return ascii.filter(PolicyFile::isPattern)
                .filter(name -> !name.startsWith("*."))
                .orElseThrow(() -> output.usage(option + ": '" + text + "' is not a host name"));
    }
}
