package dev.nexthop.config;

import dev.nexthop.client.Proxy;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a proxy is.
 *
 * @param kind how it is spoken to
 * @param host a name, or an IP address without brackets
 * @param port 1 to 65535
 */
record ProxyUrl(Proxy.Kind kind, String host, int port) {
    /** Reads {@code socks5://host:port} or {@code http://host:port}; null for anything else. */
    static @Nullable ProxyUrl parse(String text) {
        int slashes = text.indexOf("://");
        String scheme = slashes < 0 ? "" : text.substring(0, slashes).toLowerCase(Locale.ROOT);
        Proxy.Kind kind = switch (scheme) {
            case "socks5", "socks5h" -> Proxy.Kind.SOCKS5;
            case "http" -> Proxy.Kind.HTTP_CONNECT;
            default -> null;
        };
        int colon = text.lastIndexOf(':');
        if (kind == null || colon <= slashes) {
            return null;
        }
        String place = text.substring(slashes + 3, colon);
        Long port = Texts.integer(text.substring(colon + 1), 1, 65_535);
        boolean brackets = place.startsWith("[") && place.endsWith("]") && place.length() > 2;
        String host = (brackets ? place.substring(1, place.length() - 1) : place).toLowerCase(Locale.ROOT);
        boolean literal = Texts.address(host) != null;
        boolean known = literal ? brackets == host.contains(":") : !brackets && Texts.isHost(host);
        return port == null || !known ? null : new ProxyUrl(kind, host, port.intValue());
    }
}
