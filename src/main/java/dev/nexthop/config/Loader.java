package dev.nexthop.config;

import dev.nexthop.lookup.LookupSettings;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.Mailbox;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes a configuration of parsed files: macros, unknown keys, each room's settings, cross checks. */
final class Loader {
    private final Surroundings surroundings;
    private final @Nullable Path folder;

    /**
     * A loader.
     *
     * @param folder what the relative paths of the first file begin at; null for the working directory
     */
    Loader(Surroundings surroundings, @Nullable Path folder) {
        this.surroundings = surroundings;
        this.folder = folder;
    }

    Loaded load(ConfigFile.Parsed file) {
        Problems problems = file.problems();
        if (problems.hasErrors() && file.root().entries().isEmpty()) {
            return new Loaded.Failed(problems.sorted());
        }
        Node.Table root = new Macros(file.root(), problems, surroundings).expand();
        new Schema().check(root, problems);
        Values values = new Values(root, problems);
        Configuration configuration = configuration(values);
        new AskedChecks(values, configuration.local()).run();
        List<TestCase> tests = new TestReader(values, configuration).read();
        if (!problems.hasErrors()) {
            new CrossChecks(values, configuration).run();
            new Lints(values, configuration, surroundings).run();
        }
        new LintPolicy(values).apply();
        Loaded.Tests ran = new TestRun(values, configuration, System::nanoTime).run(tests);
        return problems.hasErrors()
                ? new Loaded.Failed(problems.sorted(), ran)
                : new Loaded.Ok(configuration, problems.sorted(), ran);
    }

    private Configuration configuration(Values values) {
        StoreReader stores = new StoreReader(values, folder);
        Map<String, Map<String, String>> tables = stores.tables();
        Map<String, String> names = tables.getOrDefault(LookupSettings.DEFAULT, Map.of());
        String hostname = hostname(values, names);
        Configuration.Local local = new DirectoryReader(values).read();
        String domain =
                Optional.ofNullable(names.get("domain")).filter(Texts::isHost).orElse(hostname);
        List<Certificate> certificates = new CertificateReader(values).read();
        Configuration.Inbound inbound =
                new InboundReader(values).read(hostname, postmasterDomain(local, hostname), certificates);
        Configuration.Stores where = stores.stores();
        LookupSettings lookups = new LookupReader(values).read(tables, where.path());
        Configuration.Outbound outbound = new OutboundReader(values, certificates).read(hostname, domain);
        Configuration.Administration administration = administration(values);
        List<Effective> effective = values.effective();
        return new Configuration(
                hostname,
                inbound,
                new Configuration.LocalMail(local, lookups),
                where,
                outbound,
                administration,
                effective);
    }

    /**
     * Where {@code <Postmaster>} without a domain belongs: mail for it must be taken (RFC 5321 §4.5.1), so to a local
     * domain, and best to one where somebody reads it.
     */
    private static Domain postmasterDomain(Configuration.Local local, String hostname) {
        List<Domain> domains = local.domains().stream()
                .map(domain -> Mailbox.parse("postmaster@" + domain).domain())
                .toList();
        return domains.stream()
                .filter(domain -> !local.directory()
                        .recipients(new Mailbox("postmaster", domain))
                        .isEmpty())
                .findFirst()
                .or(() -> domains.stream().findFirst())
                .orElseGet(() -> new Domain(hostname));
    }

    private String hostname(Values values, Map<String, String> names) {
        String machine = surroundings.machineName().get().toLowerCase(Locale.ROOT);
        String looked = names.getOrDefault("hostname", "");
        String derived =
                Texts.isHost(looked) ? looked : machine.contains(".") && Texts.isHost(machine) ? machine : "localhost";
        String hostname = values.valueOr(SettingsServer.HOSTNAME, derived, derived);
        if (!hostname.contains(".")) {
            values.problems()
                    .addKey(
                            Code.HOSTNAME,
                            values.at(SettingsServer.HOSTNAME),
                            1,
                            "this host is called '" + hostname + "', which is not a full name",
                            "write [server] hostname = \"mail.example.org\"");
        }
        return hostname;
    }

    private static Configuration.Administration administration(Values values) {
        Optional<String> user = values.optional(SettingsServer.ADMIN_USER);
        Optional<String> secret = values.optional(SettingsServer.ADMIN_SECRET);
        boolean userGiven = values.given(SettingsServer.ADMIN_USER);
        boolean secretGiven = values.given(SettingsServer.ADMIN_SECRET);
        if (userGiven != secretGiven && values.isWhole(values.at(SettingsServer.ADMIN_USER))) {
            values.problems()
                    .addKey(
                            Code.HALF_CREDENTIALS,
                            values.at(userGiven ? SettingsServer.ADMIN_USER : SettingsServer.ADMIN_SECRET),
                            1,
                            "the administrator has a " + (userGiven ? "user, but no secret" : "secret, but no user"),
                            "set both, or neither");
        }
        secret.ifPresent(text -> RemoteReader.lineEnd(values, SettingsServer.ADMIN_SECRET, text));
        Optional<Configuration.Admin> admin =
                user.flatMap(name -> secret.map(text -> new Configuration.Admin(name, text)));
        return new Configuration.Administration(admin, values.value(SettingsServer.LOG_FORMAT));
    }
}
