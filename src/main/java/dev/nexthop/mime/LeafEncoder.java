package dev.nexthop.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Writes the body of one part in seven bits. The line end in front of a boundary belongs to the boundary. */
sealed interface LeafEncoder {
    /** The word for Content-Transfer-Encoding. */
    String word();

    /** Encodes a piece. */
    void write(LineSource.Piece piece, ByteArrayOutputStream out);

    /**
     * Ends the part.
     *
     * @param bounded whether a boundary follows, to which the last line end belongs
     */
    void finish(boolean bounded, ByteArrayOutputStream out);

    /** RFC 2045 §6.7: readable text stays readable. */
    final class QuotedPrintable implements LeafEncoder {
        private static final int LONGEST = 76;
        private static final String HEX = "0123456789ABCDEF";
        private int column;
        private int heldBlank = -1;

        @Override
        public String word() {
            return "quoted-printable";
        }

        @Override
        public void write(LineSource.Piece piece, ByteArrayOutputStream out) {
            int length = piece.length();
            for (int i = 0; i < length; i++) {
                int octet = piece.octets()[i] & 0xff;
                release(out, false);
                if (octet == ' ' || octet == '\t') {
                    heldBlank = octet; // At the end of a line it must be encoded, elsewhere not.
                } else if (octet > ' ' && octet < 127 && octet != '=') {
                    put(out, octet);
                } else {
                    escape(out, octet);
                }
            }
            if (piece.last()) {
                release(out, true);
                if (length == piece.octets().length - 1) {
                    escape(out, '\n'); // A LF alone is content, not a line end.
                } else {
                    out.write('\r');
                    out.write('\n');
                    column = 0;
                }
            }
        }

        @Override
        public void finish(boolean bounded, ByteArrayOutputStream out) {
            release(out, true);
            if (column > 0 && bounded) {
                soften(out); // The part ended in a LF that is content; a line end must stand before the boundary.
            }
        }

        private void release(ByteArrayOutputStream out, boolean atEnd) {
            if (heldBlank >= 0) {
                int blank = heldBlank;
                heldBlank = -1;
                if (atEnd) {
                    escape(out, blank);
                } else {
                    put(out, blank);
                }
            }
        }

        private void put(ByteArrayOutputStream out, int octet) {
            room(out, 1);
            out.write(octet);
            column++;
        }

        private void escape(ByteArrayOutputStream out, int octet) {
            room(out, 3);
            out.write('=');
            out.write(HEX.charAt(octet >> 4));
            out.write(HEX.charAt(octet & 15));
            column += 3;
        }

        private void room(ByteArrayOutputStream out, int octets) {
            if (column + octets >= LONGEST) {
                soften(out);
            }
        }

        private void soften(ByteArrayOutputStream out) {
            out.write('=');
            out.write('\r');
            out.write('\n');
            column = 0;
        }
    }

    /** RFC 2045 §6.8: for what is no text. */
    final class Base64Lines implements LeafEncoder {
        private static final int OCTETS_OF_A_LINE = 57;
        private final byte[] waiting = new byte[OCTETS_OF_A_LINE];
        private int count;
        private byte[] heldEnd = {};

        @Override
        public String word() {
            return "base64";
        }

        @Override
        public void write(LineSource.Piece piece, ByteArrayOutputStream out) {
            add(heldEnd, heldEnd.length, out);
            int length = piece.length();
            add(piece.octets(), length, out);
            heldEnd = java.util.Arrays.copyOfRange(piece.octets(), length, piece.octets().length);
        }

        @Override
        public void finish(boolean bounded, ByteArrayOutputStream out) {
            if (!bounded) {
                add(heldEnd, heldEnd.length, out);
            }
            heldEnd = new byte[0];
            flush(out);
        }

        private void add(byte[] octets, int length, ByteArrayOutputStream out) {
            for (int i = 0; i < length; i++) {
                waiting[count++] = octets[i];
                if (count == OCTETS_OF_A_LINE) {
                    flush(out);
                }
            }
        }

        private void flush(ByteArrayOutputStream out) {
            if (count > 0) {
                byte[] line = java.util.Arrays.copyOf(waiting, count);
                out.writeBytes(Base64.getEncoder().encode(line));
                out.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
                count = 0;
            }
        }
    }
}
