package dev.nexthop.sts;

import dev.nexthop.smtp.Domain;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.RecordReader;
import dev.nexthop.store.RecordWriter;
import dev.nexthop.tls.StsPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Policies as octets. The order of modes is that of their stored numbers. */
final class PolicyCodec {
    private static final int VERSION = 1;
    private static final List<StsPolicy.Mode> MODES =
            List.of(StsPolicy.Mode.ENFORCE, StsPolicy.Mode.TESTING, StsPolicy.Mode.NONE);

    private PolicyCodec() {}

    static byte[] encode(KeptPolicy kept) {
        StsPolicy policy = kept.policy();
        RecordWriter writer = new RecordWriter(VERSION)
                .text(policy.domain().name())
                .text(kept.asked().name())
                .text(policy.id())
                .octet(MODES.indexOf(policy.mode()))
                .number(policy.maxAge().toSeconds())
                .instant(kept.fetched())
                .instant(kept.used())
                .number(policy.patterns().size());
        policy.patterns().forEach(writer::text);
        return writer.record();
    }

    static KeptPolicy decode(byte[] octets) throws CorruptRecordException {
        RecordReader reader = new RecordReader("the policy", octets, VERSION);
        try {
            Domain domain = new Domain(reader.text());
            Domain asked = new Domain(reader.text());
            String id = reader.text();
            StsPolicy.Mode mode = reader.oneOf(MODES);
            long seconds = reader.number();
            if (seconds < 0 || seconds > PolicyFile.MAX_AGE.toSeconds()) {
                throw reader.corrupt("holds an age of " + seconds + " s");
            }
            Instant fetched = reader.instant();
            Instant used = reader.instant();
            List<String> patterns = new ArrayList<>();
            for (int left = reader.elements(); left > 0; left--) {
                patterns.add(reader.text());
            }
            reader.end();
            return new KeptPolicy(
                    new StsPolicy(domain, id, mode, patterns, Duration.ofSeconds(seconds)), asked, fetched, used);
        } catch (IllegalArgumentException e) {
            throw reader.corrupt(e);
        }
    }
}
