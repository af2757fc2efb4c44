package dev.nexthop.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.Reception;
import dev.nexthop.mail.Requests;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code TLS-Required} in all its shapes (RFC 8689 §3, §5). In the table {@code /} stands for a line end. */
class TlsWishTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = true,
            value = {
                "TLS-Required: No//text                           | NOT_REQUIRED",
                "From: a@b/TLS-Required: No/To: c@d//text         | NOT_REQUIRED",
                "tls-required: no//text                           | NOT_REQUIRED",
                "TLS-Required:No//text                            | NOT_REQUIRED",
                "TLS-Required :  No  //text                       | NOT_REQUIRED",
                "TLS-Required:/ No//text                          | NOT_REQUIRED",
                "TLS-Required: No/                                | NOT_REQUIRED",
                "TLS-Required: No                                 | NOT_REQUIRED",
                "TLS-Required: Yes//text                          | NORMAL",
                "TLS-Required: None//text                         | NORMAL",
                "TLS-Required: No No//text                        | NORMAL",
                "TLS-Required: N o//text                          | NORMAL",
                "TLS-Required://text                              | NORMAL",
                "TLS-Required: No/TLS-Required: No//text          | NORMAL",
                "TLS-Required: No/TLS-Required: Yes//text         | NORMAL",
                "TLS-Required: No/X: y/TLS-Required://text        | NORMAL",
                "TLS-Required: No/ more//text                     | NORMAL",
                "X-TLS-Required: No//text                         | NORMAL",
                "TLS-Required-X: No//text                         | NORMAL",
                "TLS-Require: No//text                            | NORMAL",
                "Subject: a/ TLS-Required: No//text               | NORMAL",
                "Subject: TLS-Required: No//text                  | NORMAL",
                "/TLS-Required: No//text                          | NORMAL",
                "Subject: a//TLS-Required: No//text               | NORMAL",
            })
    void headerSays(String message, TlsWish wish) throws IOException {
        assertThat(wish(message.replace("/", "\r\n"), false)).isEqualTo(wish);
    }

    @Test
    void theParameterBeatsTheField() throws IOException {
        assertThat(wish("TLS-Required: No\r\n\r\n", true)).isEqualTo(TlsWish.REQUIRED);
        assertThat(wish("\r\n", true)).isEqualTo(TlsWish.REQUIRED);
    }

    @Test
    void aHeaderWithoutEndIsNotReadToItsEnd() throws IOException {
        String endless = "X: " + "y".repeat(300_000) + "\r\n";
        assertThat(wish("TLS-Required: No\r\n" + endless + "\r\n", false)).isEqualTo(TlsWish.NORMAL);
        assertThat(wish("TLS-Required: " + "No".repeat(5_000) + "\r\n\r\n", false))
                .isEqualTo(TlsWish.NORMAL);
    }

    @Test
    void anyOctetsHaveAnAnswer() throws IOException {
        Random random = new Random(8689);
        String[] pieces = {"TLS-Required", ":", " ", "No", "\r\n", "\n", "\r", "x", "\0", "\u00ff"};
        for (int turn = 0; turn < 5_000; turn++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(12);
            for (int i = 0; i < length; i++) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            assertThat(wish(text.toString(), false)).isNotEqualTo(TlsWish.REQUIRED);
        }
    }

    private static TlsWish wish(String message, boolean requireTls) throws IOException {
        Requests requests = new Requests(
                Optional.empty(), "", List.of(), requireTls, Optional.empty(), Optional.empty());
        Envelope envelope = new Envelope(
                ReversePath.NULL,
                List.of(Mailbox.parse("a@example.org")),
                BodyType.SEVEN_BIT,
                false,
                Reception.INTERNAL,
                requests);
        return TlsWish.of(envelope, MessageBody.of(message.getBytes(StandardCharsets.ISO_8859_1)));
    }
}
