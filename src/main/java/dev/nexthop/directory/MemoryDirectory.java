package dev.nexthop.directory;

import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.Mailbox;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The directory of type {@code memory}: principals written in the configuration. It never fails and never changes;
 * a reload makes a new one. Addresses are compared in lower case, local part included.
 */
public final class MemoryDirectory implements Directory {
    private final Map<String, List<Account>> byAddress = new HashMap<>();
    private final Map<String, List<Account>> byDomain = new HashMap<>();
    private final Map<String, Login> logins = new HashMap<>();
    private final Set<Domain> domains = new HashSet<>();
    private final List<Account> accounts;
    private final DirectoryOptions options;
    private final Password decoy;

    private record Login(Account account, List<Password> secrets) {}

    /**
     * Takes the principals.
     *
     * @param principals in any order
     * @param domains local domains beyond those of the addresses
     * @param options how addresses are understood
     * @throws IllegalArgumentException when an address is none, or a name or an own address is taken twice
     */
    public MemoryDirectory(List<Principal> principals, Collection<Domain> domains, DirectoryOptions options) {
        this.options = options;
        this.domains.addAll(domains);
        Map<String, Account> byName = new HashMap<>();
        List<Account> all = new ArrayList<>();
        for (Principal principal : principals) {
            Account account = account(principal);
            if (byName.put(lower(principal.name()), account) != null) {
                throw new IllegalArgumentException("two principals have the name " + principal.name());
            }
            if (principal.kind() != PrincipalKind.LIST) {
                all.add(account);
            }
        }
        all.sort(Comparator.comparing(Account::name));
        this.accounts = List.copyOf(all);
        for (Principal principal : principals) {
            List<Account> receivers = receivers(principal, principals, byName);
            for (String address : principal.addresses()) {
                if (add(address, receivers)) {
                    throw new IllegalArgumentException("two principals have the address " + address);
                }
            }
            Account own = known(byName, principal.name());
            for (String address : principal.lists()) {
                add(address, List.of(own));
            }
            logins.put(lower(principal.name()), new Login(own, principal.secrets()));
        }
        for (Principal principal : principals) {
            for (String address : principal.addresses()) {
                if (principal.kind() != PrincipalKind.LIST && !address.startsWith("@")) {
                    logins.putIfAbsent(key(address), new Login(known(byName, principal.name()), principal.secrets()));
                }
            }
        }
        this.decoy = principals.stream()
                .flatMap(principal -> principal.secrets().stream())
                .max(Comparator.comparing(Password::form))
                .orElseGet(() -> Password.of("nobody has this password"));
    }

    @Override
    public boolean isLocalDomain(Domain domain) {
        return domains.contains(domain);
    }

    @Override
    public List<Account> recipients(Mailbox address) {
        String local = localPart(address.localPart());
        String domain = address.domain().name();
        List<Account> found = byAddress.get(local + "@" + domain);
        int plus = local.indexOf('+');
        if (found == null && options.subAddressing() && plus > 0) {
            found = byAddress.get(local.substring(0, plus) + "@" + domain);
        }
        if (found == null && options.catchAll()) {
            found = byDomain.get(domain);
        }
        return found == null ? List.of() : found;
    }

    @Override
    public boolean isWritten(Mailbox address) {
        String key = localPart(address.localPart()) + "@" + address.domain().name();
        return !byAddress.getOrDefault(key, List.of()).isEmpty();
    }

    /**
     * Checks a password. A user that does not exist, or that has no password, costs the same time as a wrong password,
     * so that the time tells nobody who exists.
     */
    @Override
    public Optional<Account> authenticate(String user, char[] password) {
        Login login = logins.get(lower(user));
        boolean fits = false;
        boolean paid = false;
        if (login != null) {
            for (Password secret : login.secrets()) {
                fits |= secret.matches(password);
                paid |= secret.form() == decoy.form();
            }
        }
        if (!fits && !paid) {
            decoy.matches(password); // only for the time that it takes
        }
        return fits && login != null ? Optional.of(login.account()) : Optional.empty();
    }

    @Override
    public List<Account> accounts() {
        return accounts;
    }

    private static Account account(Principal principal) {
        return new Account(
                principal.name(),
                principal.description(),
                principal.addresses().stream()
                        .filter(address -> !address.startsWith("@"))
                        .toList());
    }

    private static List<Account> receivers(
            Principal principal, List<Principal> principals, Map<String, Account> byName) {
        if (principal.kind() != PrincipalKind.LIST) {
            return List.of(known(byName, principal.name()));
        }
        return principals.stream()
                .filter(member -> member.kind() != PrincipalKind.LIST)
                .filter(member -> member.memberOf().stream().anyMatch(name -> name.equalsIgnoreCase(principal.name())))
                .map(member -> known(byName, member.name()))
                .toList();
    }

    private static Account known(Map<String, Account> byName, String name) {
        Account account = byName.get(lower(name));
        if (account == null) {
            throw new IllegalArgumentException("no principal has the name " + name);
        }
        return account;
    }

    /**
     * Adds receivers to an address.
     *
     * @return whether it had some before
     */
    private boolean add(String address, List<Account> receivers) {
        Map<String, List<Account>> map = byAddress;
        String key;
        if (address.startsWith("@")) {
            Domain domain = Mailbox.parse("any" + address).domain();
            domains.add(domain);
            map = byDomain;
            key = domain.name();
        } else {
            domains.add(Mailbox.parse(address).domain());
            key = key(address);
        }
        List<Account> before = map.get(key);
        Set<Account> together = new LinkedHashSet<>(before == null ? List.of() : before);
        together.addAll(receivers);
        map.put(key, List.copyOf(together));
        return before != null;
    }

    private static String key(String address) {
        Mailbox mailbox = Mailbox.parse(address);
        return localPart(mailbox.localPart()) + "@" + mailbox.domain().name();
    }

    /** In lower case and without quotes: a message that was accepted under older rules may have some too many. */
    private static String localPart(String text) {
        if (!text.startsWith("\"")) {
            return lower(text);
        }
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 1; i < text.length() - 1; i++) {
            if (text.charAt(i) == '\\') {
                i++;
            }
            plain.append(text.charAt(i));
        }
        return lower(plain.toString());
    }

    private static String lower(String text) {
        return Mailbox.folded(text);
    }
}
