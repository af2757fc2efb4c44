package dev.nexthop.report;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * Finds the reports in a file that somebody sent: JSON, compressed JSON, or the mail around either. Everything is bounded,
 * whatever the file promises.
 */
public final class ReportFile {
    /** Octets of a file. */
    public static final int MOST_FILE = 25 * 1024 * 1024;

    /** Octets of JSON of all reports of a file, however little they take when compressed. */
    public static final int MOST_JSON = 32 * 1024 * 1024;

    /** Reports of a file. */
    public static final int MOST_REPORTS = 100;

    /** Mails in mails. */
    private static final int DEEPEST = 5;

    /** Parts of one mail. */
    private static final int MOST_PARTS = 100;

    private static final Pattern BOUNDARY =
            Pattern.compile("boundary=(?:\"([^\"\r\n]{1,200})\"|([^\\s;\"]{1,200}))", Pattern.CASE_INSENSITIVE);

    private final List<TlsReport> found = new ArrayList<>();
    private int left = MOST_JSON;

    private ReportFile() {}

    /**
     * Reads all reports of a file.
     *
     * @param in the file, to its end or its bound
     * @return at least one
     * @throws ReportException when it holds no report, or one that can't be read
     * @throws IOException when the file can't be read
     */
    public static List<TlsReport> read(InputStream in) throws IOException {
        byte[] octets = in.readNBytes(MOST_FILE + 1);
        if (octets.length > MOST_FILE) {
            throw new ReportException("the file is larger than " + MOST_FILE + " octets");
        }
        ReportFile file = new ReportFile();
        if (compressed(octets) || json(octets)) {
            file.report(octets);
        } else {
            file.mail(octets, 1);
        }
        if (file.found.isEmpty()) {
            throw new ReportException(
                    "there is no report in it: neither JSON, nor compressed JSON, nor a mail with such a part");
        }
        return file.found;
    }

    private static boolean compressed(byte[] octets) {
        return octets.length > 2 && (octets[0] & 0xFF) == 0x1F && (octets[1] & 0xFF) == 0x8B;
    }

    private static boolean json(byte[] octets) {
        for (byte b : octets) {
            if (b != ' '
                    && b != '\t'
                    && b != '\r'
                    && b != '\n'
                    && b != (byte) 0xEF
                    && b != (byte) 0xBB
                    && b != (byte) 0xBF) {
                return b == '{' || b == '[';
            }
        }
        return false;
    }

    private void report(byte[] octets) throws ReportException {
        if (found.size() >= MOST_REPORTS) {
            throw new ReportException(
                    "the file holds more than " + MOST_REPORTS + " reports; read its parts one by one");
        }
        byte[] json = compressed(octets) ? inflated(octets) : octets;
        if (json.length > left) {
            throw tooLarge();
        }
        left -= json.length;
        found.add(ReportJson.read(json));
    }

    private static ReportException tooLarge() {
        return new ReportException(
                "the reports of the file are larger than " + MOST_JSON + " octets together when decompressed");
    }

    private byte[] inflated(byte[] octets) throws ReportException {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(octets))) {
            byte[] json = in.readNBytes(left + 1);
            if (json.length > left) {
                throw tooLarge();
            }
            return json;
        } catch (ReportException e) {
            throw e;
        } catch (IOException e) {
            throw new ReportException("the report can't be decompressed: " + e.getMessage(), e);
        }
    }

    private void mail(byte[] octets, int depth) throws ReportException {
        // Octets as characters: whatever they are, none is lost.
        String text = new String(octets, StandardCharsets.ISO_8859_1).replace("\r\n", "\n");
        int end = text.startsWith("\n") ? 0 : text.indexOf("\n\n");
        if (end < 0) {
            return;
        }
        String header = text.substring(0, end).replaceAll("\n[ \t]", " ");
        String content = text.substring(Math.min(text.length(), end + (end == 0 ? 1 : 2)));
        String type = field(header, "content-type").orElse("text/plain");
        String kind = type.toLowerCase(Locale.ROOT);
        if (kind.startsWith("multipart/")) {
            Matcher boundary = BOUNDARY.matcher(type);
            if (boundary.find() && depth < DEEPEST) {
                parts(content, boundary.group(1) == null ? boundary.group(2) : boundary.group(1), depth);
            }
        } else if (kind.startsWith("message/rfc822") && depth < DEEPEST) {
            mail(decoded(content, header), depth + 1);
        } else if (isReport(kind, header)) {
            report(decoded(content, header));
        }
    }

    private void parts(String content, String boundary, int depth) throws ReportException {
        String mark = "\n--" + boundary;
        String whole = "\n" + content;
        int from = whole.indexOf(mark);
        for (int count = 0; from >= 0 && count < MOST_PARTS; count++) {
            int line = whole.indexOf('\n', from + mark.length());
            boolean last = whole.startsWith("--", from + mark.length());
            if (line < 0 || last) {
                return;
            }
            int next = whole.indexOf(mark, line);
            String part = whole.substring(
                    Math.min(whole.length(), line + 1), next < 0 ? whole.length() : Math.max(line + 1, next));
            mail(part.getBytes(StandardCharsets.ISO_8859_1), depth + 1);
            from = next;
        }
    }

    /** By its type, or by the name of the file where a sender gives it a general one. */
    private static boolean isReport(String type, String header) {
        if (type.startsWith("application/tlsrpt")) {
            return true;
        }
        boolean general = type.startsWith("application/gzip")
                || type.startsWith("application/x-gzip")
                || type.startsWith("application/json")
                || type.startsWith("application/octet-stream");
        String all = header.toLowerCase(Locale.ROOT);
        return general && (all.contains(".json.gz") || all.contains(".json\"") || all.contains(".json "));
    }

    private static byte[] decoded(String content, String header) throws ReportException {
        String encoding = field(header, "content-transfer-encoding")
                .orElse("7bit")
                .strip()
                .toLowerCase(Locale.ROOT);
        return switch (encoding) {
            case "base64" -> base64(content);
            case "quoted-printable" -> quoted(content);
            default -> content.getBytes(StandardCharsets.ISO_8859_1);
        };
    }

    private static byte[] base64(String content) throws ReportException {
        try {
            return Base64.getMimeDecoder().decode(content.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException e) {
            throw new ReportException("the report's part is no Base64: " + e.getMessage(), e);
        }
    }

    private static byte[] quoted(String content) {
        StringBuilder out = new StringBuilder(content.length());
        for (int i = 0; i < content.length(); i++) {
            char c = content.charAt(i);
            int octet = c == '=' ? HexPair.behind(content, i) : -1;
            if (c == '=' && i + 1 < content.length() && content.charAt(i + 1) == '\n') {
                i++;
            } else if (octet >= 0) {
                out.append((char) octet);
                i += 2;
            } else {
                out.append(c);
            }
        }
        return out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Optional<String> field(String header, String name) {
        for (String line : header.split("\n", -1)) {
            if (line.length() > name.length()
                    && line.charAt(name.length()) == ':'
                    && line.regionMatches(true, 0, name, 0, name.length())) {
                return Optional.of(line.substring(name.length() + 1).strip());
            }
        }
        return Optional.empty();
    }
}
