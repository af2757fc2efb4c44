package dev.nexthop.dns;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.xbill.DNS.Record;
import org.xbill.DNS.TLSARecord;

/** What the answer to a question for TLSA records means (RFC 6698 §4). */
final class TlsaRecords {
    private TlsaRecords() {}

    /**
     * Reads an answer.
     *
     * @param answer what DNS said
     */
    static TlsaAnswer read(RawAnswer answer) {
        return switch (answer) {
            case RawAnswer.Records found -> new TlsaAnswer.Records(records(found.records()), found.security());
            case RawAnswer.NoName none -> new TlsaAnswer.None(none.reason(), none.security());
            case RawAnswer.NoData none -> new TlsaAnswer.None(none.reason(), none.security());
            case RawAnswer.Trouble trouble -> new TlsaAnswer.TryLater(trouble.reason(), trouble.security());
        };
    }

    private static List<TlsaRecord> records(List<Record> records) {
        List<TlsaRecord> found = new ArrayList<>();
        for (Record record : records) {
            if (record instanceof TLSARecord tlsa && found.size() < TlsaAnswer.MOST) {
                found.add(new TlsaRecord(
                        tlsa.getCertificateUsage(),
                        tlsa.getSelector(),
                        tlsa.getMatchingType(),
                        HexFormat.of().formatHex(tlsa.getCertificateAssociationData())));
            }
        }
        return found;
    }
}
