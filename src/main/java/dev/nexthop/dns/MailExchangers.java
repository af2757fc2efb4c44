package dev.nexthop.dns;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;

/** What the answer to a question for MX records means (RFC 5321 §5.1, RFC 7505). */
final class MailExchangers {
    private MailExchangers() {}

    /**
     * Reads an answer.
     *
     * @param host the domain's name in A-labels, which is its own mail host when there are no records
     * @param answer what DNS said
     */
    static MxAnswer read(String host, RawAnswer answer) {
        return switch (answer) {
            case RawAnswer.Records found -> hosts(host, found.records(), found.security());
            // RFC 5321 §5.1: no MX records at all, so the domain itself, as if with preference 0.
            case RawAnswer.NoData none -> new MxAnswer.Implicit(host, none.security());
            case RawAnswer.NoName none -> new MxAnswer.NoSuchDomain(none.reason());
            // RFC 5321 §5.1: "if a temporary error is returned, the message MUST be queued and retried later".
            case RawAnswer.Trouble trouble -> new MxAnswer.TryLater(trouble.reason(), trouble.security());
        };
    }

    private static MxAnswer hosts(String domain, List<Record> records, Security security) {
        List<MXRecord> sorted = records.stream()
                .map(MXRecord.class::cast)
                .sorted(Comparator.comparingInt(MXRecord::getPriority))
                .toList();
        if (sorted.size() == 1 && sorted.getFirst().getTarget().equals(Name.root)) {
            return new MxAnswer.NullMx(); // RFC 7505 §3; the preference should be 0, a careless one means the same
        }
        List<MxHost> hosts = new ArrayList<>();
        List<String> unusable = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (MXRecord record : sorted) {
            String name = record.getTarget().toString(true).toLowerCase(Locale.ROOT);
            if (record.getTarget().equals(Name.root) || !HostNames.isHost(name)) {
                // RFC 7505 §3: a null MX beside others says nothing. RFC 5321 §5.1: an address is no host name.
                unusable.add(record.getTarget().toString());
            } else if (seen.add(name)) {
                hosts.add(new MxHost(record.getPriority(), name));
            }
        }
        if (hosts.isEmpty()) {
            // Somebody's mistake, and likely to be mended: a bounce could not be taken back.
            return new MxAnswer.TryLater(
                    "the MX records of " + domain + " name no host: " + String.join(", ", unusable));
        }
        return new MxAnswer.Hosts(List.copyOf(hosts), security);
    }
}
