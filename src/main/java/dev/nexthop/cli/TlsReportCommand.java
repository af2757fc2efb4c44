package dev.nexthop.cli;

import dev.nexthop.report.ReportException;
import dev.nexthop.report.ReportFile;
import dev.nexthop.report.ReportJson;
import dev.nexthop.report.TlsReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code nexthop tls report}: shows a TLS report that another site sent about the mail to us. */
@Command(
        name = "report",
        description = {
            "Shows a TLS report that another site sent (RFC 8460).",
            "FILE is JSON, compressed JSON, or the mail that it came in."
        },
        footer = {"", "Example: nexthop tls report sender.example!example.org!1700000000!1700086399.json.gz"})
final class TlsReportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "the report, .json, .json.gz or .eml")
    @Nullable
    Path file;

    @Mixin
    Output output = new Output();

    @Override
    public Integer call() {
        PrintWriter out = output.out();
        for (TlsReport report : read(Objects.requireNonNull(file, "picocli demands it"))) {
            if (output.json) {
                out.println(ReportJson.tree(report).toPrettyString());
            } else {
                show(report, out);
            }
        }
        out.flush();
        return 0;
    }

    private static List<TlsReport> read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return ReportFile.read(in);
        } catch (ReportException e) {
            throw new CommandFailure(file + ": " + Table.printable(String.valueOf(e.getMessage())));
        } catch (NoSuchFileException e) {
            throw new CommandFailure(file + " does not exist");
        } catch (IOException e) {
            throw new CommandFailure(file + " can't be read: " + e.getMessage());
        }
    }

    private static void show(TlsReport report, PrintWriter out) {
        out.println("from      " + words(report.organization()) + ", " + words(report.contact()));
        out.println("id        " + words(report.id()));
        out.println("period    " + report.start() + " to " + report.end());
        for (TlsReport.Result result : report.policies()) {
            TlsReport.Policy policy = result.policy();
            out.println();
            out.println("policy    " + words(policy.type()) + " of " + words(policy.domain()));
            policy.strings().forEach(line -> out.println("          " + words(line)));
            if (!policy.mx().isEmpty()) {
                out.println("hosts     " + words(String.join(", ", policy.mx())));
            }
            out.println("sessions  " + result.good() + " good, " + result.failed() + " failed");
            if (!result.failures().isEmpty()) {
                out.println();
                failures(result.failures()).print(out);
            }
        }
    }

    private static Table failures(List<TlsReport.Failure> failures) {
        Table table = new Table("SESSIONS", "RESULT", "MX", "MX ADDRESS", "SENDER", "WHY");
        for (TlsReport.Failure failure : failures) {
            String why = (failure.reason() + " " + failure.more()).strip();
            table.row(
                    String.valueOf(failure.count()),
                    words(failure.type()),
                    words(failure.mx().isEmpty() ? failure.helo() : failure.mx()),
                    words(failure.receivingIp()),
                    words(failure.sendingIp()),
                    words(why));
        }
        return table;
    }

    /** A stranger wrote it: bounded, and nothing steers a terminal. */
    private static String words(String text) {
        String one = text.length() > 300 ? text.substring(0, 300) + "…" : text;
        return one.isEmpty() ? "-" : Table.printable(one);
    }
}
