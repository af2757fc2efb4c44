package dev.nexthop;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The walls of the house: who may import whom, and what a file looks like. ARCHITECTURE.md tells why. */
class HouseTest {
    private static final String ROOT = "dev.nexthop";
    private static final Path MAIN = Path.of("src/main/java/dev/nexthop");

    /** Which rooms a room may import. {@code expr}, {@code flight} and {@code smtp} are leaves. */
    private static final Map<String, Set<String>> TABLE = Map.ofEntries(
            Map.entry("smtp", Set.of()),
            Map.entry("expr", Set.of()),
            Map.entry("flight", Set.of()),
            Map.entry("store", Set.of("flight")),
            Map.entry("mail", Set.of("smtp")),
            Map.entry("event", Set.of("mail", "smtp")),
            Map.entry("dns", Set.of("smtp")),
            Map.entry("tls", Set.of("dns", "mail", "smtp")),
            Map.entry("sts", Set.of("dns", "mail", "smtp", "store", "tls")),
            Map.entry("directory", Set.of("smtp")),
            Map.entry("lookup", Set.of("expr", "directory", "dns", "store", "smtp")),
            Map.entry("route", Set.of("client", "expr", "mail", "smtp", "tls")),
            Map.entry("queue", Set.of("mail", "smtp", "store")),
            Map.entry("limit", Set.of("event", "expr", "mail", "queue", "route", "smtp", "store")),
            Map.entry("mailbox", Set.of("mail", "smtp", "store")),
            Map.entry("mime", Set.of("mail")),
            Map.entry("client", Set.of("tls", "dns", "flight", "mime", "mail", "smtp")),
            Map.entry(
                    "delivery",
                    Set.of(
                            "client",
                            "route",
                            "tls",
                            "dns",
                            "mime",
                            "directory",
                            "mailbox",
                            "event",
                            "expr",
                            "flight",
                            "limit",
                            "mail",
                            "smtp")),
            Map.entry("dsn", Set.of("expr", "route", "queue", "mime", "mail", "smtp")),
            Map.entry("report", Set.of("dns", "event", "expr", "mail", "mime", "queue", "smtp", "store")),
            Map.entry(
                    "schedule",
                    Set.of(
                            "delivery",
                            "dsn",
                            "route",
                            "queue",
                            "store",
                            "event",
                            "expr",
                            "flight",
                            "limit",
                            "mail",
                            "smtp",
                            "tls")),
            Map.entry("server", Set.of("queue", "directory", "tls", "event", "flight", "mail", "smtp")));

    /** The rooms on top, which may import any room but each other, save that commands know the API. */
    private static final Set<String> TOP = Set.of("config", "admin", "cli");

    /** Which rooms may know a library. */
    private static final Map<String, Set<String>> LIBRARIES = Map.ofEntries(
            Map.entry("org.xbill.", Set.of("dns")),
            Map.entry("com.ibm.icu.", Set.of("smtp")),
            Map.entry("com.github.benmanes.", Set.of("dns", "lookup")),
            Map.entry("org.rocksdb.", Set.of("store", "queue", "mailbox", "lookup")),
            Map.entry("java.sql.", Set.of("lookup")),
            Map.entry("com.zaxxer.", Set.of("lookup")),
            Map.entry("redis.clients.", Set.of("lookup")),
            Map.entry("org.eclipse.jetty.", Set.of("admin")),
            Map.entry("tools.jackson.", Set.of("admin", "cli", "report")),
            Map.entry("org.tomlj.", Set.of("config")),
            Map.entry("com.google.re2j.", Set.of("expr", "lookup")),
            Map.entry("com.password4j.", Set.of("directory")),
            Map.entry("jdk.jfr.", Set.of("flight")),
            Map.entry("picocli.", Set.of("cli", "")));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    @Test
    void everyRoomImportsOnlyWhatTheTableAllows() {
        Set<String> broken = new TreeSet<>();
        for (JavaClass type : CLASSES) {
            String room = room(type.getPackageName());
            type.getDirectDependenciesFromSelf().forEach(dependency -> {
                String target = dependency.getTargetClass().getPackageName();
                if (target.startsWith(ROOT) && !allowed(room, room(target))) {
                    broken.add(room + " -> " + room(target) + " in " + type.getSimpleName());
                }
            });
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void aLibraryStaysInItsRoom() {
        Set<String> broken = new TreeSet<>();
        for (JavaClass type : CLASSES) {
            String room = room(type.getPackageName());
            type.getDirectDependenciesFromSelf().forEach(dependency -> {
                String target = dependency.getTargetClass().getName();
                LIBRARIES.forEach((library, rooms) -> {
                    if (target.startsWith(library) && !rooms.contains(room)) {
                        broken.add(type.getName() + " knows " + target);
                    }
                });
            });
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void everyRoomSaysInOneSentenceWhatItIs() throws IOException {
        try (Stream<Path> rooms = Files.walk(MAIN).filter(Files::isDirectory)) {
            assertThat(rooms.filter(room -> !Files.exists(room.resolve("package-info.java"))))
                    .isEmpty();
        }
    }

    @Test
    void noFileIsLongerThan500Lines() throws IOException {
        for (Path file : sources()) {
            try (Stream<String> lines = Files.lines(file)) {
                assertThat(lines.count()).as(file.toString()).isLessThanOrEqualTo(500);
            }
        }
    }

    @Test
    void noNameSaysNothing() throws IOException {
        Pattern empty = Pattern.compile("(Manager|Impl|Utils?|Helper|Common)\\.java$|/(util|utils|common|helper)/");
        assertThat(sources().stream()
                        .filter(file -> empty.matcher(file.toString()).find()))
                .isEmpty();
    }

    @Test
    void noTestSleepsOrIsSkipped() throws IOException {
        Pattern lazy = Pattern.compile("@Disabled|@Ignore|assume(True|False|That)\\(|Thread\\.sleep\\(");
        for (Path file : sources()) {
            if (file.startsWith("src/test") && !file.endsWith("HouseTest.java")) {
                assertThat(lazy.matcher(Files.readString(file)).find())
                        .as(file.toString())
                        .isFalse();
            }
        }
    }

    @Test
    void everyRoomOfTheArchitecturePageExists() throws IOException {
        Pattern named = Pattern.compile("(?m)^([a-z]+)/  ");
        List<String> rooms = named.matcher(Files.readString(Path.of("ARCHITECTURE.md")))
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(rooms)
                .hasSizeGreaterThan(15)
                .allSatisfy(room -> assertThat(MAIN.resolve(room)).isDirectory());
        try (Stream<Path> folders = Files.list(MAIN).filter(Files::isDirectory)) {
            assertThat(folders.map(folder -> folder.getFileName().toString())).isSubsetOf(rooms);
        }
    }

    private static boolean allowed(String from, String to) {
        if (from.equals(to) || from.isEmpty()) {
            return true;
        }
        if (TOP.contains(from)) {
            boolean commands = from.equals("cli") && Set.of("admin", "config").contains(to);
            return !to.isEmpty() && (commands || !TOP.contains(to));
        }
        return TABLE.getOrDefault(from, Set.of()).contains(to);
    }

    private static String room(String packageName) {
        return packageName.equals(ROOT) ? "" : packageName.substring(ROOT.length() + 1);
    }

    private static List<Path> sources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (Path root : List.of(Path.of("src/main/java"), Path.of("src/test/java"))) {
            try (Stream<Path> files = Files.walk(root)) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        return sources;
    }
}
