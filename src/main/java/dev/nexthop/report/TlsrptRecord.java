package dev.nexthop.report;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The record by which a domain asks for reports, the TXT of {@code _smtp._tls} (RFC 8460 §3).
 *
 * @param destinations where to, in its order: {@code mailto:} and {@code https:} URIs; others are left out
 */
public record TlsrptRecord(List<URI> destinations) {
    /** More than anybody needs; what follows is left out, so that no record makes us write to half the world. */
    static final int MOST_DESTINATIONS = 10;

    /** The name of the record, in front of the domain. */
    static final String LABEL = "_smtp._tls.";

    private static final String VERSION = "v=TLSRPTv1";

    /** Longer records than DNS lets anybody publish sensibly are not read. */
    private static final int LONGEST = 8_192;

    private static final Pattern FIELD =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,31}=[\\x21-\\x3A\\x3C\\x3E-\\x7E]+");

    /** Copies the list. */
    public TlsrptRecord {
        destinations = List.copyOf(destinations);
    }

    /**
     * Reads what DNS gave. Anything may stand there; it never throws.
     *
     * @param texts all TXT records of the name, the strings of each joined
     * @return empty when there is no record, more than one, or one that doesn't follow the grammar or names no place that we
     *     can send to
     */
    public static Optional<TlsrptRecord> parse(List<String> texts) {
        List<String> ours = texts.stream().filter(TlsrptRecord::isOurs).toList();
        return ours.size() == 1 && ours.getFirst().length() <= LONGEST ? one(ours.getFirst()) : Optional.empty();
    }

    /** RFC 8460 §3: others are discarded before they are counted. White space may stand before the semicolon. */
    private static boolean isOurs(String text) {
        return text.startsWith(VERSION)
                && text.substring(VERSION.length()).stripLeading().startsWith(";");
    }

    private static Optional<TlsrptRecord> one(String text) {
        String[] fields = text.substring(VERSION.length()).split(";", -1);
        int last = fields.length - 1;
        List<URI> destinations = new ArrayList<>();
        boolean asked = false;
        for (int i = 1; i <= last; i++) {
            String field = fields[i].strip();
            if (field.isEmpty() && i == last) {
                continue; // the delimiter at the end
            }
            if (field.startsWith("rua=")) {
                if (asked || !uris(field.substring(4), destinations)) {
                    return Optional.empty();
                }
                asked = true;
            } else if (!FIELD.matcher(field).matches()) {
                return Optional.empty();
            }
        }
        return destinations.isEmpty() ? Optional.empty() : Optional.of(new TlsrptRecord(destinations));
    }

    /** Takes the URIs that can be used; false when any is no URI at all. */
    private static boolean uris(String list, List<URI> taken) {
        for (String part : list.split(",", -1)) {
            String text = part.strip();
            if (text.isEmpty() || text.contains("!")) {
                return false; // RFC 8460 §3: it must be encoded
            }
            try {
                URI uri = new URI(text);
                if (uri.getScheme() == null) {
                    return false;
                }
                if (usable(uri) && taken.size() < MOST_DESTINATIONS && !taken.contains(uri)) {
                    taken.add(uri);
                }
            } catch (URISyntaxException e) {
                return false; // said by the result
            }
        }
        return true;
    }

    private static boolean usable(URI uri) {
        return switch (uri.getScheme().toLowerCase(Locale.ROOT)) {
            case "mailto" -> MailDestination.of(uri).isPresent();
            case "https" -> uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawFragment() == null;
            default -> false;
        };
    }
}
