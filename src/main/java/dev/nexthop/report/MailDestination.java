package dev.nexthop.report;

import dev.nexthop.smtp.Mailbox;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The address in a {@code mailto:} URI (RFC 6068). Its header fields are left out: a stranger doesn't write our header. */
final class MailDestination {
    private MailDestination() {}

    static boolean isMail(URI uri) {
        return "mailto".equalsIgnoreCase(uri.getScheme());
    }

    /** The one address; empty when there is none, several, or what is no mailbox of ASCII. */
    static Optional<Mailbox> of(URI uri) {
        String part = uri.getRawSchemeSpecificPart();
        int question = part.indexOf('?');
        try {
            Mailbox mailbox = Mailbox.parse(decoded(question < 0 ? part : part.substring(0, question)));
            return mailbox.needsUtf8() || mailbox.domain().isLiteral() ? Optional.empty() : Optional.of(mailbox);
        } catch (IllegalArgumentException | CharacterCodingException e) {
            return Optional.empty(); // said by the result
        }
    }

    private static String decoded(String text) throws CharacterCodingException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int octet = c == '%' ? HexPair.behind(text, i) : -1;
            if (octet >= 0) {
                out.write(octet);
                i += 2;
            } else {
                out.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
            }
        }
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(out.toByteArray()))
                .toString();
    }
}
