package dev.nexthop.report;

import dev.nexthop.event.TlsEvent;
import dev.nexthop.mail.TlsFault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/** Makes the report of a page. Made again of the same page it has the same id, so that receivers can tell duplicates. */
final class Composer {
    private Composer() {}

    /**
     * A report ready to go.
     *
     * @param report what it says
     * @param octets JSON, compressed
     * @param filename of RFC 8460 §5.1
     */
    record Packed(TlsReport report, byte[] octets, String filename) {
        @Override
        public String toString() {
            return filename;
        }
    }

    /**
     * The report of a page, without details when it would be too large.
     *
     * @return empty when even that is too large
     */
    static Optional<Packed> pack(Page page, Sender sender, long most) {
        TlsReport whole = report(page, sender);
        for (TlsReport report : List.of(whole, whole.brief())) {
            byte[] octets = gzip(ReportJson.write(report));
            if (octets.length <= most) {
                return Optional.of(new Packed(report, octets, filename(page, sender)));
            }
        }
        return Optional.empty();
    }

    static TlsReport report(Page page, Sender sender) {
        List<TlsReport.Result> results = new ArrayList<>();
        page.tally.policies().forEach((policy, counts) -> results.add(result(policy, counts)));
        return new TlsReport(
                sender.organization(),
                page.period.start(),
                page.period.last(),
                sender.contact(),
                id(page, sender),
                results);
    }

    /** Also the left side of the Message-ID's form; the mark keeps two servers of one name apart. */
    private static String id(Page page, Sender sender) {
        return page.period.start().getEpochSecond() + "." + page.mark + "@" + sender.submitter();
    }

    private static TlsReport.Result result(TlsEvent.Policy policy, Tally.Counts counts) {
        List<TlsReport.Failure> failures = new ArrayList<>();
        for (Map.Entry<Detail, Long> entry : counts.failures.entrySet()) {
            Detail detail = entry.getKey();
            TlsFault fault = detail.fault();
            failures.add(new TlsReport.Failure(
                    fault.word(),
                    entry.getValue(),
                    detail.sourceIp(),
                    detail.host(),
                    "",
                    detail.ip(),
                    "",
                    detail.reason()));
        }
        boolean none = policy.kind() == TlsEvent.Kind.NO_POLICY_FOUND;
        return new TlsReport.Result(
                new TlsReport.Policy(
                        policy.kind().word(),
                        none ? List.of() : policy.strings(),
                        Names.ascii(policy.domain()),
                        policy.kind() == TlsEvent.Kind.STS ? policy.patterns() : List.of()),
                counts.good,
                counts.failed(),
                failures);
    }

    /** RFC 8460 §5.1. The domain is one that DNS can be asked about, so it holds nothing that a file's name can't. */
    private static String filename(Page page, Sender sender) {
        return sender.submitter() + "!" + page.domain + "!" + page.period.start().getEpochSecond() + "!"
                + page.period.last().getEpochSecond() + "!" + page.mark + ".json.gz";
    }

    private static byte[] gzip(byte[] octets) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(octets.length / 4 + 64);
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(octets);
        } catch (IOException e) {
            throw new UncheckedIOException("memory can always be written", e);
        }
        return out.toByteArray();
    }
}
