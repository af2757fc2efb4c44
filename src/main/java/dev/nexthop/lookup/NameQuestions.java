package dev.nexthop.lookup;

import dev.nexthop.dns.AddressAnswer;
import dev.nexthop.dns.MxAnswer;
import dev.nexthop.dns.MxHost;
import dev.nexthop.dns.Resolver;
import dev.nexthop.dns.TextAnswer;
import dev.nexthop.expr.LookupException;
import dev.nexthop.expr.RecordType;
import dev.nexthop.smtp.Domain;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;

/** What rules ask DNS. The resolver has its own time limit and cache. */
record NameQuestions(Resolver resolver) {
    List<String> ask(String name, RecordType type) throws LookupException {
        return switch (type) {
            case IP -> addresses(name, true, true);
            case IPV4 -> addresses(name, true, false);
            case IPV6 -> addresses(name, false, true);
            case MX -> exchangers(name);
            case TXT -> texts(resolver.texts(name));
            case PTR -> names(name);
        };
    }

    private List<String> addresses(String name, boolean four, boolean six) throws LookupException {
        return switch (resolver.addresses(name)) {
            case AddressAnswer.Addresses found ->
                Stream.concat(
                                four ? found.v4().stream() : Stream.<InetAddress>empty(),
                                six ? found.v6().stream() : Stream.<InetAddress>empty())
                        .map(InetAddress::getHostAddress)
                        .toList();
            case AddressAnswer.None _ -> List.of();
            case AddressAnswer.TryLater later -> throw new LookupException(later.reason());
        };
    }

    private List<String> exchangers(String name) throws LookupException {
        Domain domain;
        try {
            domain = new Domain(name);
        } catch (IllegalArgumentException e) {
            return List.of(); // no domain has no mail exchangers
        }
        return switch (resolver.mx(domain)) {
            case MxAnswer.Hosts hosts ->
                hosts.hosts().stream().map(MxHost::name).toList();
            case MxAnswer.Implicit _, MxAnswer.NullMx _, MxAnswer.NoSuchDomain _ -> List.of();
            case MxAnswer.TryLater later -> throw new LookupException(later.reason());
        };
    }

    private List<String> names(String address) throws LookupException {
        InetAddress literal;
        try {
            literal = InetAddress.ofLiteral(address);
        } catch (IllegalArgumentException e) {
            throw new LookupException("dns_query for ptr wants an address, and this is none", e);
        }
        return texts(resolver.names(literal));
    }

    private static List<String> texts(TextAnswer answer) throws LookupException {
        return switch (answer) {
            case TextAnswer.Texts found -> found.texts();
            case TextAnswer.None _ -> List.of();
            case TextAnswer.TryLater later -> throw new LookupException(later.reason());
        };
    }
}
