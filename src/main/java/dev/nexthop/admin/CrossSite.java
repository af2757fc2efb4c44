package dev.nexthop.admin;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/**
 * Keeps pages of other sites from acting with a login that a browser remembers: a browser sends the login of a server
 * with every request to it, whoever wrote the form. What browsers say of where a request comes from (RFC 6454 §7, W3C
 * Fetch Metadata) no page can change; clients that are no browsers say nothing of the kind and are not meant.
 */
final class CrossSite {
    private static final String SITE = "Sec-Fetch-Site";
    private static final List<String> OWN = List.of("same-origin", "none");
    private static final List<String> READING = List.of("GET", "HEAD");

    private CrossSite() {}

    /**
     * Why a request is not carried out.
     *
     * @param method of the request
     * @param fields its header
     * @return one sentence; empty for a request that only reads, that is no browser's, or that this server's own origin sent
     */
    static Optional<String> refusal(String method, HttpFields fields) {
        if (READING.contains(method)) {
            return Optional.empty();
        }
        if (!OWN.containsAll(fields.getValuesList(SITE))) {
            return Optional.of(refused(SITE + " is neither same-origin nor none"));
        }
        String host = fields.get(HttpHeader.HOST);
        boolean own = fields.getValuesList(HttpHeader.ORIGIN).stream().allMatch(origin -> same(origin, host));
        return own ? Optional.empty() : Optional.of(refused("Origin is another host or port than Host"));
    }

    /** An origin is a scheme, a host and perhaps a port; {@code null} is a page that tells none. */
    private static boolean same(String origin, @Nullable String host) {
        int behind = origin.indexOf("://");
        return behind > 0
                && host != null
                && origin.substring(behind + 3).toLowerCase(Locale.ROOT).equals(host.toLowerCase(Locale.ROOT));
    }

    private static String refused(String why) {
        return "a page of another site may only read here: " + why
                + "; use the nexthop command, or a client that is no browser";
    }
}
