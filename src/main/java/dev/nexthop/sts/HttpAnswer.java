package dev.nexthop.sts;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One response of HTTP/1.1 (RFC 9112), as much of it as a policy host needs. Its length must be known from a Content-Length or
 * from chunks: what ends with the connection may be cut short by anybody on the way.
 *
 * @param status the status code, 200 to 999
 * @param type the media type without parameters, in lower case; empty when there is none
 * @param body the content; empty unless the status is 200
 */
record HttpAnswer(int status, String type, byte[] body) {
    private static final int MAX_HEAD = 16 * 1024;
    private static final int MAX_INTERIM = 5;
    private static final String MARKS = "!#$%&'*+-.^_`|~";
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-9][0-9]{2})( .*)?");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,9}");
    private static final Pattern CHUNK = Pattern.compile("([0-9A-Fa-f]{1,7})[ \\t]*(;.*)?");

    /**
     * Reads one.
     *
     * @param in of the server; it is not read further than the response goes
     * @param most octets of content
     * @throws IOException when it is none, is longer, or ends before; one sentence
     */
    static HttpAnswer read(InputStream in, int most) throws IOException {
        Head head = new Head(in);
        int status = head.status();
        for (int i = 0; status < 200; i++) {
            if (i >= MAX_INTERIM || status == 101) {
                throw new IOException("the server goes on with status " + status + " and never answers");
            }
            head.fields();
            status = head.status();
        }
        Map<String, String> fields = head.fields();
        String type = fields.getOrDefault("content-type", "");
        int parameters = type.indexOf(';');
        String media =
                (parameters < 0 ? type : type.substring(0, parameters)).strip().toLowerCase(Locale.ROOT);
        return new HttpAnswer(status, media, status == 200 ? body(in, fields, most) : new byte[0]);
    }

    private static byte[] body(InputStream in, Map<String, String> fields, int most) throws IOException {
        String coding = fields.getOrDefault("content-encoding", "identity");
        if (!coding.equalsIgnoreCase("identity")) {
            throw new IOException("the policy is compressed, which was not asked for");
        }
        String transfer = fields.get("transfer-encoding");
        if (transfer != null) {
            if (!transfer.equalsIgnoreCase("chunked")) {
                throw new IOException("the response has a transfer coding other than chunked");
            }
            return chunks(in, most);
        }
        String length = fields.get("content-length");
        if (length == null) {
            throw new IOException("the response does not say how long it is");
        }
        if (!LENGTH.matcher(length).matches()) {
            throw new IOException("the response has a Content-Length that is no number");
        }
        return exactly(in, within(Integer.parseInt(length), 0, most));
    }

    private static byte[] chunks(InputStream in, int most) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        Head lines = new Head(in);
        while (true) {
            Matcher size = CHUNK.matcher(lines.line());
            if (!size.matches()) {
                throw new IOException("the response has a chunk without a size");
            }
            int octets = within(Integer.parseInt(size.group(1), 16), body.size(), most);
            if (octets == 0) {
                lines.fields();
                return body.toByteArray();
            }
            body.writeBytes(exactly(in, octets));
            if (!lines.line().isEmpty()) {
                throw new IOException("the response has a chunk that is longer than its size");
            }
        }
    }

    private static int within(int octets, int before, int most) throws IOException {
        if (octets > most - before) {
            throw new IOException("the policy is longer than " + most + " octets");
        }
        return octets;
    }

    private static byte[] exactly(InputStream in, int octets) throws IOException {
        byte[] read = in.readNBytes(octets);
        if (read.length < octets) {
            throw new EOFException("the connection ended before the response did");
        }
        return read;
    }

    /** RFC 9110 §5.6.2. */
    private static boolean token(int c) {
        return Field.alphanumeric(c) || MARKS.indexOf(c) >= 0;
    }

    /** The lines around the content, of bounded length together. */
    private static final class Head {
        private final InputStream in;
        private int left = MAX_HEAD;

        Head(InputStream in) {
            this.in = in;
        }

        int status() throws IOException {
            Matcher status = STATUS.matcher(line());
            if (!status.matches()) {
                throw new IOException("the server does not speak HTTP/1.1");
            }
            return Integer.parseInt(status.group(1));
        }

        /** The fields up to the empty line, by their names in lower case; none that counts may be there twice. */
        Map<String, String> fields() throws IOException {
            Map<String, String> fields = new HashMap<>();
            for (String line = line(); !line.isEmpty(); line = line()) {
                Field field = Field.of(line, MAX_HEAD, HttpAnswer::token)
                        .orElseThrow(() -> new IOException("the response has a header field that is none"));
                String name = field.key().toLowerCase(Locale.ROOT);
                String other = fields.putIfAbsent(name, field.value());
                boolean counts = name.startsWith("content-") || name.startsWith("transfer-");
                if (other != null && counts && !other.equals(field.value())) {
                    throw new IOException("the response has two values of " + name);
                }
            }
            return fields;
        }

        String line() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int octet = in.read(); octet != '\n'; octet = in.read()) {
                if (octet < 0) {
                    throw new EOFException("the connection ended before the response did");
                }
                if (--left <= 0) {
                    throw new IOException("the header of the response is longer than " + MAX_HEAD + " octets");
                }
                line.write(octet);
            }
            String text = line.toString(StandardCharsets.ISO_8859_1);
            return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        }
    }
}
