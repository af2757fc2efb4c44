package dev.nexthop.mime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The second way through a message: its 7-bit form, made while it is read. Holds a header or a line at a time. */
final class SevenBitStream extends InputStream implements Walk.Visitor {
    private final InputStream source;
    private final LineSource lines;
    private final Survey survey;
    private final Walk walk = new Walk(this);
    private final ByteArrayOutputStream made = new ByteArrayOutputStream();
    private byte[] ready = {};
    private int position;
    private boolean over;
    private @Nullable LeafEncoder encoder;

    SevenBitStream(InputStream source, Survey survey) {
        this.source = source;
        this.lines = new LineSource(source);
        this.survey = survey;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        while (position == ready.length) {
            if (over) {
                return -1;
            }
            make();
        }
        int count = Math.min(length, ready.length - position);
        System.arraycopy(ready, position, into, offset, count);
        position += count;
        return count;
    }

    @Override
    public void close() throws IOException {
        source.close();
    }

    private void make() throws IOException {
        made.reset();
        try {
            LineSource.Piece piece = lines.next();
            if (piece == null) {
                over = true;
                walk.finish();
            } else {
                walk.take(piece);
            }
        } catch (UnconvertibleException e) {
            throw new IOException("the message is not what it was a moment ago: " + e.getMessage(), e);
        }
        ready = made.toByteArray();
        position = 0;
    }

    @Override
    public void entity(Walk.Entity entity) {
        EntityHeader header = entity.header();
        boolean encodes = entity.leaf() >= 0 && survey.eightBit(entity.leaf());
        boolean relabels = encodes
                || !entity.signed()
                        && entity.kind() != Walk.Kind.OPAQUE
                        && (header.encoding().equals("8bit")
                                || header.encoding().equals("binary") && entity.kind() == Walk.Kind.COMPOSITE);
        encoder = null;
        if (encodes) {
            boolean text = header.type().startsWith("text/");
            encoder = text ? new LeafEncoder.QuotedPrintable() : new LeafEncoder.Base64Lines();
        }
        boolean skipping = false;
        for (byte[] line : header.lines()) {
            boolean goesOn = line[0] == ' ' || line[0] == '\t';
            skipping = goesOn ? skipping : relabels && named(line, "content-transfer-encoding");
            if (!skipping) {
                made.writeBytes(line);
            }
        }
        if (relabels) {
            if (entity.ofMessage() && !header.has("mime-version")) {
                field("MIME-Version: 1.0");
            }
            if (encodes && !header.has("content-type")) {
                field("Content-Type: text/plain; charset=unknown-8bit"); // RFC 1428 §3
            }
            field("Content-Transfer-Encoding: " + (encoder == null ? "7bit" : encoder.word()));
        }
    }

    private void field(String text) {
        made.writeBytes((text + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static boolean named(byte[] line, String name) {
        String text = new String(line, StandardCharsets.ISO_8859_1);
        int colon = text.indexOf(':');
        return colon > 0
                && text.substring(0, colon).strip().toLowerCase(Locale.ROOT).equals(name);
    }

    @Override
    public void content(LineSource.Piece piece, int leaf) {
        if (encoder == null) {
            made.writeBytes(piece.octets());
        } else {
            encoder.write(piece, made);
        }
    }

    @Override
    public void end(int leaf, boolean bounded) {
        if (encoder != null) {
            encoder.finish(bounded, made);
            encoder = null;
        }
    }

    @Override
    public void frame(LineSource.Piece piece) {
        made.writeBytes(piece.octets());
    }
}
