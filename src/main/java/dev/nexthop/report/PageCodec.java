package dev.nexthop.report;

import dev.nexthop.event.TlsEvent;
import dev.nexthop.mail.TlsFault;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.RecordReader;
import dev.nexthop.store.RecordWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Pages as records. */
final class PageCodec {
    private static final int VERSION = 1;
    private static final List<Page.Stage> STAGES = List.of(Page.Stage.values());
    private static final List<TlsEvent.Kind> KINDS = List.of(TlsEvent.Kind.values());
    private static final List<TlsFault> FAULTS = List.of(TlsFault.values());

    private PageCodec() {}

    /** Start and end, then the domain: the order of keys is that of time. */
    static byte[] key(Page page) {
        byte[] domain = page.domain.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(2 * Long.BYTES + domain.length)
                .putLong(page.period.start().getEpochSecond())
                .putLong(page.period.end().getEpochSecond())
                .put(domain)
                .array();
    }

    static byte[] encode(Page page) {
        RecordWriter out = new RecordWriter(VERSION)
                .instant(page.period.start())
                .instant(page.period.end())
                .text(page.domain)
                .octet(STAGES.indexOf(page.stage))
                .text(page.mark)
                .instant(page.due)
                .number(page.tries)
                .number(page.parcels.size());
        for (Parcel parcel : page.parcels) {
            out.text(parcel.uri()).text(parcel.queued()).flag(parcel.done());
        }
        out.number(page.tally.policies().size());
        page.tally.policies().forEach((policy, counts) -> {
            out.octet(KINDS.indexOf(policy.kind())).text(policy.domain());
            texts(out, policy.strings());
            texts(out, policy.patterns());
            out.number(counts.good).number(counts.failures.size());
            counts.failures.forEach((detail, times) -> out.octet(FAULTS.indexOf(detail.fault()))
                    .text(detail.sourceIp())
                    .text(detail.host())
                    .text(detail.ip())
                    .text(detail.reason())
                    .number(times));
        });
        return out.record();
    }

    static Page decode(byte[] record, Budget budget) throws CorruptRecordException {
        RecordReader in = new RecordReader("a page of the TLS ledger", record, VERSION);
        Page page = new Page(new Period(in.instant(), in.instant()), in.text(), budget);
        page.stage = in.oneOf(STAGES);
        page.mark = in.text();
        page.due = in.instant();
        page.tries = in.count();
        List<Parcel> parcels = new ArrayList<>();
        for (int left = in.elements(); left > 0; left--) {
            parcels.add(new Parcel(in.text(), in.text(), in.flag()));
        }
        page.parcels = List.copyOf(parcels);
        for (int left = in.elements(); left > 0; left--) {
            policy(in, page.tally);
        }
        in.end();
        return page;
    }

    private static void policy(RecordReader in, Tally tally) throws CorruptRecordException {
        TlsEvent.Policy policy = new TlsEvent.Policy(in.oneOf(KINDS), in.text(), texts(in), texts(in));
        long good = in.number();
        Map<Detail, Long> failures = new LinkedHashMap<>();
        for (int left = in.elements(); left > 0; left--) {
            Detail detail = new Detail(in.oneOf(FAULTS), in.text(), in.text(), in.text(), in.text());
            long times = in.number();
            if (times < 0 || times > Long.MAX_VALUE >>> 16) {
                throw in.corrupt("counts " + times + " failures");
            }
            failures.merge(detail, times, Long::sum);
        }
        if (good < 0 || good > Long.MAX_VALUE >>> 16) {
            throw in.corrupt("counts " + good + " sessions");
        }
        tally.restore(policy, good, failures);
    }

    private static void texts(RecordWriter out, List<String> texts) {
        out.number(texts.size());
        texts.forEach(out::text);
    }

    private static List<String> texts(RecordReader in) throws CorruptRecordException {
        List<String> texts = new ArrayList<>();
        for (int left = in.elements(); left > 0; left--) {
            texts.add(in.text());
        }
        return texts;
    }
}
