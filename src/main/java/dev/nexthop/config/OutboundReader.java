package dev.nexthop.config;

import dev.nexthop.client.Target;
import dev.nexthop.delivery.OutboundSettings;
import dev.nexthop.delivery.OwnIdentity;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Rules;
import dev.nexthop.report.ReportSettings;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.route.RoutingSettings;
import dev.nexthop.schedule.ScheduleSettings;
import dev.nexthop.tls.CertificateCheck;
import java.net.InetAddress;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads how mail leaves: routing, connections, the schedule, DNS, notifications. */
final class OutboundReader {
    private final Values values;
    private final List<Certificate> certificates;

    OutboundReader(Values values, List<Certificate> certificates) {
        this.values = values;
        this.certificates = certificates;
    }

    /** Reads everything; notifications are written in the name of the host and from the domain. */
    Configuration.Outbound read(String hostname, String domain) {
        return new Configuration.Outbound(
                routing(),
                outbound(hostname),
                schedule(),
                new ResolverReader(values).read(),
                new DsnReader(values).read(hostname, domain),
                reports(hostname, domain),
                new LimitReader(values).read());
    }

    private boolean privateMx() {
        return values.value(SettingsQueue.PRIVATE_MX);
    }

    private RoutingSettings routing() {
        Map<String, List<RemoteHost>> remotes = new RemoteReader(values, certificates).read();
        Set<String> hops = new LinkedHashSet<>(remotes.keySet());
        hops.add("local");
        values.hops(hops);
        Optional<Rules> nextHop = values.optional(SettingsQueue.NEXT_HOP);
        values.hops(Set.of());
        remotes.values().removeIf(List::isEmpty);
        return new RoutingSettings(nextHop, remotes, true);
    }

    private OutboundSettings outbound(String hostname) {
        Map<String, String> names = sourceNames();
        Conditional<String> ehlo =
                values.valueOr(SettingsQueue.HOSTNAME, Conditional.constant(hostname), "'" + hostname + "'");
        return new OutboundSettings(
                ehlo,
                values.value(SettingsQueue.MAX_MX),
                values.value(SettingsQueue.MULTIHOMED),
                values.value(SettingsQueue.IP_STRATEGY),
                new OutboundSettings.Sources(
                        values.value(SettingsQueue.SOURCE_V4), values.value(SettingsQueue.SOURCE_V6), names),
                values.value(SettingsQueue.STARTTLS),
                values.valueOr(
                        SettingsQueue.INVALID_CERTS, Conditional.constant(CertificateCheck.OPPORTUNISTIC), "not set"),
                new StrengthReader(values).outbound(),
                RemoteReader.file(values, SettingsQueue.CA),
                new OutboundSettings.Timeouts(
                        values.value(SettingsQueue.CONNECT),
                        values.value(SettingsQueue.GREETING),
                        values.value(SettingsQueue.EHLO),
                        values.value(SettingsQueue.TLS),
                        values.value(SettingsQueue.MAIL),
                        values.value(SettingsQueue.RCPT),
                        values.value(SettingsQueue.DATA)),
                values.value(SettingsQueue.CONVERSION),
                new OutboundSettings.MxPolicy(
                        privateMx(), OutboundSettings.MxPolicy.DEFAULT.port(), own(ehlo, names.values())),
                new OutboundSettings.Policies(
                        values.value(SettingsQueue.DANE),
                        values.value(SettingsQueue.MTA_STS),
                        values.value(SettingsQueue.STS_FETCH),
                        values.optional(SettingsQueue.REMEMBER)));
    }

    /** Our names in EHLO, by source address as {@link InetAddress#getHostAddress} writes it. */
    private Map<String, String> sourceNames() {
        Map<String, String> names = new LinkedHashMap<>();
        for (String text : values.ids("queue", "outbound", "source-ip", "names")) {
            InetAddress address = Texts.address(text);
            Optional<String> name = values.optional(SettingsQueue.SOURCE_NAME, text);
            if (address == null) {
                values.wrong(
                        SettingsQueue.SOURCE_NAME,
                        Code.VALUE,
                        "'" + text + "' is no address of ours to send from",
                        "write an IPv4 or IPv6 address, in quotes",
                        text);
            } else if (name.filter(Target::speakable).isEmpty() && name.isPresent()) {
                values.wrong(
                        SettingsQueue.SOURCE_NAME,
                        Code.VALUE,
                        "a name in EHLO is one word of visible ASCII characters",
                        "write a full name such as out1.example.org",
                        text);
            } else {
                name.ifPresent(one -> names.put(address.getHostAddress(), one));
            }
        }
        return names;
    }

    /** Who we are by configuration: what we say in EHLO is a name of ours too. */
    private OwnIdentity own(Conditional<String> ehlo, Collection<String> sourceNames) {
        Set<String> names = new LinkedHashSet<>(values.value(SettingsServer.OWN_NAMES));
        Constants.value(ehlo).ifPresent(names::add);
        names.addAll(sourceNames);
        return new OwnIdentity(names, Set.copyOf(values.value(SettingsServer.OWN_ADDRESSES)));
    }

    private ScheduleSettings schedule() {
        ScheduleSettings ordinary = new ScheduleSettings(
                values.value(SettingsQueue.RETRY),
                values.value(SettingsQueue.NOTIFY),
                values.value(SettingsQueue.EXPIRE),
                values.value(SettingsQueue.ATTEMPTS),
                values.value(SettingsQueue.PER_DESTINATION),
                values.value(SettingsQueue.HELD));
        return ordinary.with(new VirtualReader(values).read(ordinary));
    }

    private ReportSettings reports(String hostname, String domain) {
        return new ReportSettings(
                values.value(SettingsReport.SEND),
                new ReportSettings.From(
                        values.value(SettingsReport.FROM_NAME),
                        text(SettingsReport.FROM_ADDRESS, "noreply-tls@" + domain)),
                text(SettingsReport.ORGANIZATION, domain),
                text(SettingsReport.CONTACT, "postmaster@" + domain),
                text(SettingsOther.SUBMITTER, hostname),
                values.value(SettingsReport.MAX_SIZE));
    }

    private Conditional<String> text(Setting<Conditional<String>> setting, String derived) {
        return values.valueOr(setting, Conditional.constant(derived), "'" + derived + "'");
    }
}
