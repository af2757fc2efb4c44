package dev.nexthop.e2e;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One zone of a {@link SignedTree}. Its SOA, NS and delegations are written for it; the test writes the rest, relative
 * to the zone or absolute:
 *
 * <pre>
 * SignedZone.signed("example.test", """
 *         @            MX   10 mx1
 *         mx1          A    127.0.0.1
 *         _25._tcp.mx1 TLSA 3 1 1 0a1b…
 *         """).bogus("mx2", "A")
 * </pre>
 */
final class SignedZone {
    private static final Pattern RRSIG =
            Pattern.compile("(?m)^(\\S+)\\s+\\d+\\s+IN\\s+RRSIG\\s+(\\S+) .* (\\S)(\\S+)$");

    /** How the zone is signed. */
    enum Signing {
        /** Not at all: the delegation has no DS record. */
        NONE,
        /** With NSEC, so that the signature of every denial has an owner that a test can name. */
        NSEC,
        /** With NSEC3 of no salt and no extra iterations (RFC 9276). */
        NSEC3
    }

    private final String name;
    private final String records;
    private final Map<String, Set<String>> broken = new TreeMap<>();
    private Signing signing;
    private boolean wronglyDelegated;
    private boolean expired;

    private SignedZone(String name, String records, Signing signing) {
        this.name = name.toLowerCase(Locale.ROOT);
        this.records = records;
        this.signing = signing;
    }

    /** A signed zone. */
    static SignedZone signed(String name, String records) {
        return new SignedZone(name, records, Signing.NSEC);
    }

    /** A zone whose delegation says that it is not signed: its answers are insecure. */
    static SignedZone unsigned(String name, String records) {
        return new SignedZone(name, records, Signing.NONE);
    }

    /** Denies by NSEC3. */
    SignedZone nsec3() {
        signing = Signing.NSEC3;
        return this;
    }

    /** Breaks every signature of a name, given relative to the zone or as {@code @}, those of its NSEC record too. */
    SignedZone bogus(String owner) {
        return bogus(owner, "");
    }

    /** Breaks the signature over the records of one type of a name. */
    SignedZone bogus(String owner, String type) {
        broken.computeIfAbsent(absolute(owner), _ -> new TreeSet<>()).add(type);
        return this;
    }

    /** Makes the whole zone bogus: the DS record of its delegation is for another key. */
    SignedZone wronglyDelegated() {
        wronglyDelegated = true;
        return this;
    }

    /** Makes the whole zone bogus: its signatures were good until last year. */
    SignedZone expired() {
        expired = true;
        return this;
    }

    /** Without the dot at its end; "" for the root. */
    String name() {
        return name;
    }

    Signing signing() {
        return signing;
    }

    boolean isWronglyDelegated() {
        return wronglyDelegated;
    }

    boolean isExpired() {
        return expired;
    }

    /** Whether a name, or zone, lies in or at it. */
    boolean holds(String other) {
        return name.isEmpty() || other.equals(name) || other.endsWith("." + name);
    }

    /** The zone file before signing. */
    String file(String delegations) {
        return """
                $ORIGIN %s.
                $TTL 60
                @ IN SOA ns.nic. hostmaster.nic. 1 3600 600 86400 60
                @ IN NS ns.nic.
                %s
                %s
                """.formatted(name, records, delegations);
    }

    /** The signed file with the signatures broken that the test wanted broken. */
    String tampered(String signed) {
        StringBuilder text = new StringBuilder();
        int hits = 0;
        Matcher signature = RRSIG.matcher(signed);
        while (signature.find()) {
            Set<String> types =
                    Optional.ofNullable(broken.get(signature.group(1))).orElse(Set.of());
            if (types.contains("") || types.contains(signature.group(2))) {
                hits++;
                String whole = signature.group();
                int first = signature.start(3) - signature.start();
                signature.appendReplacement(
                        text,
                        Matcher.quoteReplacement(whole.substring(0, first)
                                + (whole.charAt(first) == 'A' ? 'B' : 'A')
                                + whole.substring(first + 1)));
            }
        }
        signature.appendTail(text);
        if (hits < broken.size()) {
            throw new IllegalArgumentException("not every name of " + broken + " has such records in:\n" + signed);
        }
        return text.toString();
    }

    private String absolute(String owner) {
        String lower = owner.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".")) {
            return lower;
        }
        return lower.equals("@") ? name + "." : lower + "." + name + ".";
    }
}
