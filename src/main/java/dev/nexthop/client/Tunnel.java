package dev.nexthop.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Base64;

/** Asks a {@link Proxy} for a connection. Reads not one octet more than its answer: the next ones are the host's. */
final class Tunnel {
    private static final int MOST_HEADER_OCTETS = 16 * 1024;
    private static final int VERSION = 5;
    private static final int NO_LOGIN = 0;
    private static final int PASSWORD = 2;

    private final Proxy proxy;
    private final InputStream in;
    private final OutputStream out;

    private Tunnel(Proxy proxy, Link link) throws IOException {
        this.proxy = proxy;
        this.in = link.in();
        this.out = link.out();
    }

    /**
     * Asks; the caller bounds the time by closing the link.
     *
     * @param proxy at the other end of the link
     * @param link connected with it
     * @param host where to
     * @throws RefusedException when the proxy says no, or something that is no answer
     * @throws IOException when the link fails
     */
    static void open(Proxy proxy, Link link, InetSocketAddress host) throws IOException {
        Tunnel tunnel = new Tunnel(proxy, link);
        switch (proxy.kind()) {
            case SOCKS5 -> tunnel.socks(host);
            case HTTP_CONNECT -> tunnel.http(host);
        }
    }

    /** A proxy that does not do what it is asked. */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    private void socks(InetSocketAddress host) throws IOException {
        boolean known = proxy.user().isPresent();
        out.write(known ? new byte[] {VERSION, 2, NO_LOGIN, PASSWORD} : new byte[] {VERSION, 1, NO_LOGIN});
        out.flush();
        expect(VERSION);
        int method = octet();
        if (method == PASSWORD && known) {
            password(proxy.user().get());
        } else if (method != NO_LOGIN) {
            throw refused(known ? "takes neither no login nor a password" : "wants a login, and none is configured");
        }
        InetAddress address = host.getAddress();
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(new byte[] {VERSION, 1, 0, (byte) (address.getAddress().length == 4 ? 1 : 4)});
        request.writeBytes(address.getAddress());
        request.write(host.getPort() >> 8);
        request.write(host.getPort());
        out.write(request.toByteArray());
        out.flush();
        expect(VERSION);
        int answer = octet();
        octet();
        int length = switch (octet()) {
            case 1 -> 4;
            case 3 -> octet();
            case 4 -> 16;
            default -> throw refused("gave an answer that is not of RFC 1928");
        };
        for (int i = 0; i < length + 2; i++) {
            octet(); // The address that the proxy uses is of no interest.
        }
        if (answer != 0) {
            throw refused(words(answer));
        }
    }

    /** RFC 1929 §2. */
    private void password(Proxy.User user) throws IOException {
        byte[] name = user.name().getBytes(UTF_8);
        byte[] secret = user.secret().current().getBytes(UTF_8);
        if (name.length == 0 || name.length > 255 || secret.length == 0 || secret.length > 255) {
            throw refused("takes user names and passwords of 1 to 255 octets");
        }
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.write(1);
        request.write(name.length);
        request.writeBytes(name);
        request.write(secret.length);
        request.writeBytes(secret);
        out.write(request.toByteArray());
        out.flush();
        octet();
        if (octet() != 0) {
            throw refused("does not take our user name and password");
        }
    }

    private static String words(int answer) {
        return switch (answer) { // RFC 1928 §6
            case 1 -> "has a general failure";
            case 2 -> "does not allow the connection";
            case 3 -> "says: network unreachable";
            case 4 -> "says: host unreachable";
            case 5 -> "says: connection refused";
            case 6 -> "says: time to live expired";
            case 7 -> "does not know CONNECT";
            case 8 -> "does not know this kind of address";
            default -> "answers with the unknown code " + answer;
        };
    }

    private void http(InetSocketAddress host) throws IOException {
        String address = host.getAddress().getHostAddress().replaceFirst("%.*", "");
        String authority = (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + host.getPort();
        StringBuilder request = new StringBuilder("CONNECT ").append(authority).append(" HTTP/1.1\r\nHost: ");
        request.append(authority).append("\r\n");
        if (proxy.user().isPresent()) {
            Proxy.User user = proxy.user().get();
            byte[] both = (user.name() + ":" + user.secret().current()).getBytes(UTF_8);
            request.append("Proxy-Authorization: Basic ")
                    .append(Base64.getEncoder().encodeToString(both))
                    .append("\r\n");
        }
        out.write(request.append("\r\n").toString().getBytes(UTF_8));
        out.flush();
        String status = status();
        boolean answer = status.matches("HTTP/1\\.[01] [1-5][0-9]{2}( .*)?");
        if (!answer || status.charAt(9) != '2') {
            throw refused("answers \"" + (status.length() > 80 ? status.substring(0, 80) + "…" : status) + "\"");
        }
    }

    /** The first line of the answer; the header fields behind it are read and forgotten. */
    private String status() throws IOException {
        StringBuilder first = new StringBuilder();
        boolean inFirst = true;
        int lineLength = 0;
        for (int i = 0; i < MOST_HEADER_OCTETS; i++) {
            int octet = octet();
            if (octet == '\n') {
                if (lineLength == 0) {
                    return first.toString();
                }
                inFirst = false;
                lineLength = 0;
            } else if (octet != '\r') {
                lineLength++;
                if (inFirst) {
                    first.append(octet < ' ' || octet > '~' ? '?' : (char) octet);
                }
            }
        }
        throw refused("answers with a header of more than " + MOST_HEADER_OCTETS + " octets");
    }

    private void expect(int version) throws IOException {
        if (octet() != version) {
            throw refused("does not speak SOCKS version " + version);
        }
    }

    private int octet() throws IOException {
        int octet = in.read();
        if (octet < 0) {
            throw new EOFException("the proxy " + proxy + " closed the connection");
        }
        return octet;
    }

    private RefusedException refused(String what) {
        return new RefusedException("the proxy " + proxy + " " + what);
    }
}
