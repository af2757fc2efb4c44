package dev.nexthop.lookup;

import dev.nexthop.dns.AddressAnswer;
import dev.nexthop.dns.MxAnswer;
import dev.nexthop.dns.MxHost;
import dev.nexthop.dns.Resolver;
import dev.nexthop.dns.Security;
import dev.nexthop.dns.ServiceAnswer;
import dev.nexthop.dns.TextAnswer;
import dev.nexthop.dns.TlsaAnswer;
import dev.nexthop.smtp.Domain;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

/** A small zone: example.org has everything, away.test can't be asked, all other names don't exist. */
final class FixedNames implements Resolver {
    @Override
    public MxAnswer mx(Domain domain) {
        return switch (domain.name()) {
            case "example.org" ->
                new MxAnswer.Hosts(List.of(new MxHost(5, "mx1.example.org"), new MxHost(10, "mx2.example.org")));
            case "null.test" -> new MxAnswer.NullMx();
            case "plain.test" -> new MxAnswer.Implicit("plain.test");
            case "away.test" -> new MxAnswer.TryLater("no server answered");
            default -> new MxAnswer.NoSuchDomain("there is none");
        };
    }

    @Override
    public AddressAnswer addresses(String host) {
        return switch (host) {
            case "example.org" ->
                new AddressAnswer.Addresses(List.of(Inet4Address.ofLiteral("192.0.2.1")), List.of((Inet6Address)
                        Inet6Address.ofLiteral("2001:db8::1")));
            case "away.test" -> new AddressAnswer.TryLater("no server answered");
            default -> new AddressAnswer.None("there is none");
        };
    }

    @Override
    public TextAnswer texts(String name) {
        return switch (name) {
            case "example.org" -> new TextAnswer.Texts(List.of("v=spf1 -all", "other"));
            case "away.test" -> new TextAnswer.TryLater("no server answered");
            default -> new TextAnswer.None("there is none");
        };
    }

    @Override
    public TextAnswer names(InetAddress address) {
        return address.getHostAddress().equals("192.0.2.1")
                ? new TextAnswer.Texts(List.of("example.org"))
                : new TextAnswer.None("there is none");
    }

    @Override
    public ServiceAnswer services(String name) {
        return new ServiceAnswer.None("there is none");
    }

    @Override
    public TlsaAnswer tlsa(String name) {
        return new TlsaAnswer.None("no records", Security.INDETERMINATE);
    }
}
