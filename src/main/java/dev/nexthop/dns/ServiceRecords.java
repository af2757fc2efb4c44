package dev.nexthop.dns;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;

/** What the answer to a question for SRV records means (RFC 2782). */
final class ServiceRecords {
    private static final int SHOWN = 5;

    private ServiceRecords() {}

    /**
     * Reads an answer.
     *
     * @param service the name asked about, for reasons
     * @param answer what DNS said
     */
    static ServiceAnswer read(String service, RawAnswer answer) {
        return switch (answer) {
            case RawAnswer.Records found -> hosts(service, found.records());
            case RawAnswer.NoData none -> new ServiceAnswer.None(none.reason());
            case RawAnswer.NoName none -> new ServiceAnswer.None(none.reason());
            case RawAnswer.Trouble trouble -> new ServiceAnswer.TryLater(trouble.reason());
        };
    }

    private static ServiceAnswer hosts(String service, List<Record> records) {
        List<SRVRecord> sorted = records.stream()
                .map(SRVRecord.class::cast)
                .sorted(Comparator.comparingInt(SRVRecord::getPriority))
                .toList();
        if (sorted.size() == 1 && sorted.getFirst().getTarget().equals(Name.root)) {
            return new ServiceAnswer.Unavailable(); // RFC 2782, "Target"
        }
        List<ServiceHost> hosts = new ArrayList<>();
        List<String> unusable = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (SRVRecord record : sorted) {
            String name = record.getTarget().toString(true).toLowerCase(Locale.ROOT);
            int port = record.getPort();
            if (record.getTarget().equals(Name.root) || !HostNames.isHost(name) || port == 0) {
                // The root beside other targets says nothing; an address is no host name; nobody listens at port 0.
                unusable.add(record.getTarget() + " port " + port);
            } else if (hosts.size() < ServiceAnswer.MOST && seen.add(name + " " + port)) {
                hosts.add(new ServiceHost(record.getPriority(), record.getWeight(), port, name));
            }
        }
        if (hosts.isEmpty()) {
            // Somebody's mistake, and likely to be mended.
            List<String> shown = unusable.subList(0, Math.min(SHOWN, unusable.size()));
            return new ServiceAnswer.TryLater(
                    "the SRV records of " + service + " name no host: " + String.join(", ", shown));
        }
        return new ServiceAnswer.Hosts(hosts);
    }
}
