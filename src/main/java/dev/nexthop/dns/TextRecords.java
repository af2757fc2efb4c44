package dev.nexthop.dns;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.TXTRecord;

/** Reads TXT (RFC 1035 §3.3.14) and PTR records (RFC 1035 §3.5, RFC 3596 §2.5). */
final class TextRecords {
    private TextRecords() {}

    static Name reverse(InetAddress address) {
        return ReverseMap.fromAddress(address);
    }

    static TextAnswer read(RawAnswer answer) {
        return switch (answer) {
            case RawAnswer.Records found -> texts(found.records());
            case RawAnswer.NoName none -> new TextAnswer.None(none.reason());
            case RawAnswer.NoData none -> new TextAnswer.None(none.reason());
            case RawAnswer.Trouble trouble -> new TextAnswer.TryLater(trouble.reason());
        };
    }

    private static TextAnswer texts(List<Record> records) {
        List<String> texts = new ArrayList<>();
        for (Record record : records) {
            switch (record) {
                case TXTRecord txt -> texts.add(joined(txt));
                case PTRRecord ptr -> texts.add(ptr.getTarget().toString(true).toLowerCase(Locale.ROOT));
                default -> throw new IllegalStateException("neither TXT nor PTR: " + record.getType());
            }
        }
        return new TextAnswer.Texts(texts);
    }

    /** The strings of a record belong together without a gap, as SPF has it (RFC 7208 §3.3). */
    private static String joined(TXTRecord record) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        record.getStringsAsByteArrays().forEach(octets::writeBytes);
        return octets.toString(StandardCharsets.UTF_8);
    }
}
