package dev.nexthop.directory;

import java.util.List;

/**
 * Somebody or something with an address, as {@code directory.<id>.principals} lists them.
 *
 * @param name the name to log in with, unique in the directory in any case
 * @param kind what it is
 * @param description words for people, possibly empty
 * @param secrets any of them lets the principal log in; none means that nobody can
 * @param addresses its own addresses, the main one first; {@code @domain} takes what nobody else in the domain takes
 * @param lists addresses that it shares with every other principal that names them ({@code email-list})
 * @param memberOf names of the principals of kind {@link PrincipalKind#LIST} whose mail it gets
 */
public record Principal(
        String name,
        PrincipalKind kind,
        String description,
        List<Password> secrets,
        List<String> addresses,
        List<String> lists,
        List<String> memberOf) {
    /** Copies the lists. */
    public Principal {
        secrets = List.copyOf(secrets);
        addresses = List.copyOf(addresses);
        lists = List.copyOf(lists);
        memberOf = List.copyOf(memberOf);
    }
}
