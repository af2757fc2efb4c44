package dev.nexthop.mime;

import dev.nexthop.mail.MessageBody;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * The same message in seven bits, for a host without 8BITMIME (RFC 6152 §3): parts with 8-bit octets become
 * quoted-printable when they are text and base64 when they are not; everything else stays octet for octet. The message is
 * read twice before it is sent, and never held in memory.
 */
public final class SevenBit {
    private SevenBit() {}

    /** Which messages may be touched. Whatever the answer, parts below {@code multipart/signed} never are. */
    public enum Policy {
        /** None: they fail with 5.6.3. */
        NEVER,
        /** Those without a DKIM or ARC signature, which conversion would break: the default. */
        UNLESS_SIGNED,
        /** All: whoever receives a broken signature must see for himself. */
        ALWAYS
    }

    /**
     * Converts.
     *
     * @param body with 8-bit octets
     * @param policy whether it may be touched
     * @return a body that is converted each time it is opened
     * @throws UnconvertibleException when there is no such form, or the policy forbids it
     * @throws IOException when the body can't be read
     */
    public static MessageBody of(MessageBody body, Policy policy) throws UnconvertibleException, IOException {
        if (policy == Policy.NEVER) {
            throw new UnconvertibleException("conversion is switched off");
        }
        Survey survey = new Survey();
        try (InputStream in = body.open()) {
            LineSource lines = new LineSource(in);
            Walk walk = new Walk(survey);
            LineSource.Piece piece = lines.next();
            while (piece != null) {
                walk.take(piece);
                piece = lines.next();
            }
            walk.finish();
        }
        if (survey.signature() && policy == Policy.UNLESS_SIGNED) {
            throw new UnconvertibleException("it is signed with DKIM, and conversion would break the signature");
        }
        long size = 0;
        try (InputStream in = new SevenBitStream(body.open(), survey)) {
            byte[] block = new byte[16 * 1024];
            int read = in.read(block);
            while (read >= 0) {
                size += read;
                read = in.read(block);
            }
        }
        return new Converted(body, survey, size);
    }

    private record Converted(MessageBody original, Survey survey, long size) implements MessageBody {
        @Override
        public boolean eightBit() {
            return false;
        }

        @Override
        public byte @Nullable [] inMemory() {
            return null;
        }

        @Override
        public InputStream open() throws IOException {
            return new SevenBitStream(original.open(), survey);
        }
    }
}
