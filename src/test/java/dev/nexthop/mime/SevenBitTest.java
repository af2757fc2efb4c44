package dev.nexthop.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.mail.MessageBody;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SevenBitTest {
    private static MessageBody body(String text) {
        return MessageBody.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String converted(String text) throws Exception {
        MessageBody body = SevenBit.of(body(text), SevenBit.Policy.UNLESS_SIGNED);
        byte[] all;
        try (InputStream in = body.open()) {
            all = in.readAllBytes();
        }
        assertThat(body.size()).isEqualTo(all.length);
        assertThat(body.eightBit()).isFalse();
        for (byte octet : all) {
            assertThat(octet).isNotNegative();
        }
        return new String(all, StandardCharsets.US_ASCII);
    }

    private static String lines(String... lines) {
        return String.join("\r\n", lines) + "\r\n";
    }

    @Test
    void textBecomesQuotedPrintable() throws Exception {
        assertThat(converted(lines(
                        "MIME-Version: 1.0",
                        "Content-Type: text/plain; charset=utf-8",
                        "content-transfer-encoding: 8bit",
                        "Subject: x",
                        "",
                        "a = \u00e4 ",
                        "",
                        ".",
                        "tab\t",
                        "end")))
                .isEqualTo(lines(
                        "MIME-Version: 1.0",
                        "Content-Type: text/plain; charset=utf-8",
                        "Subject: x",
                        "Content-Transfer-Encoding: quoted-printable",
                        "",
                        "a =3D =C3=A4=20",
                        "",
                        ".",
                        "tab=09",
                        "end"));
    }

    @Test
    void aMessageFromBeforeMimeGetsItsFields() throws Exception {
        assertThat(converted(lines("Subject: x", "", "\u00e4")))
                .isEqualTo(lines(
                        "Subject: x",
                        "MIME-Version: 1.0",
                        "Content-Type: text/plain; charset=unknown-8bit",
                        "Content-Transfer-Encoding: quoted-printable",
                        "",
                        "=C3=A4"));
    }

    @Test
    void onlyThePartsThatNeedItAreTouched() throws Exception {
        String message = lines(
                "MIME-Version: 1.0",
                "Content-Type: multipart/mixed;",
                " boundary=\"a b\" (comment)",
                "Content-Transfer-Encoding: 8bit",
                "",
                "preamble",
                "--a b",
                "",
                "  plain  ",
                "--a b",
                "Content-Type: application/octet-stream",
                "Content-Transfer-Encoding: binary",
                "",
                "\u00e4\u00f6",
                "--a b",
                "Content-Type: message/rfc822",
                "Content-Transfer-Encoding: 8bit",
                "",
                "Subject: inner",
                "Content-Type: multipart/alternative; boundary=in",
                "",
                "--in",
                "Content-Type: text/html",
                "Content-Transfer-Encoding: 8bit",
                "",
                "\u00fc",
                "--in--",
                "--a b--",
                "epilogue");
        assertThat(converted(message))
                .isEqualTo(lines(
                        "MIME-Version: 1.0",
                        "Content-Type: multipart/mixed;",
                        " boundary=\"a b\" (comment)",
                        "Content-Transfer-Encoding: 7bit",
                        "",
                        "preamble",
                        "--a b",
                        "",
                        "  plain  ",
                        "--a b",
                        "Content-Type: application/octet-stream",
                        "Content-Transfer-Encoding: base64",
                        "",
                        Base64.getEncoder().encodeToString("\u00e4\u00f6".getBytes(StandardCharsets.UTF_8)),
                        "--a b",
                        "Content-Type: message/rfc822",
                        "Content-Transfer-Encoding: 7bit",
                        "",
                        "Subject: inner",
                        "Content-Type: multipart/alternative; boundary=in",
                        "",
                        "--in",
                        "Content-Type: text/html",
                        "Content-Transfer-Encoding: quoted-printable",
                        "",
                        "=C3=BC",
                        "--in--",
                        "--a b--",
                        "epilogue"));
    }

    /** RFC 6532 §3.5 and §3.7, RFC 6533: types that are made for UTF-8 may be encoded. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "message/global",
                "Message/Global-Headers",
                "message/global-delivery-status",
                "message/global-disposition-notification"
            })
    void whatIsMadeForUtf8IsEncodedAsAWhole(String type) throws Exception {
        String inner = lines("Subject: \u00e4", "Content-Type: multipart/mixed; boundary=c", "");
        assertThat(converted(lines(
                        "Content-Type: multipart/report; boundary=b",
                        "",
                        "--b",
                        "Content-Type: " + type,
                        "Content-Transfer-Encoding: 8bit",
                        "",
                        inner + "--b--")))
                .isEqualTo(lines(
                        "Content-Type: multipart/report; boundary=b",
                        "",
                        "--b",
                        "Content-Type: " + type,
                        "Content-Transfer-Encoding: base64",
                        "",
                        Base64.getMimeEncoder()
                                .encodeToString(
                                        inner.substring(0, inner.length() - 2).getBytes(StandardCharsets.UTF_8)),
                        "--b--"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Subject: \u00e4||x",
                "DKIM-Signature: v=1;||\u00e4",
                "ARC-Message-Signature: i=1||\u00e4",
                "Content-Type: multipart/signed; boundary=b||--b||\u00e4|--b|Content-Type: application/pgp-signature||x|--b--",
                "Content-Type: multipart/mixed; boundary=b||\u00e4|--b||x|--b--",
                "Content-Type: multipart/mixed||\u00e4",
                "Content-Type: message/delivery-status||\u00e4",
                "Content-Type: message/globalised||\u00e4",
                "Content-Type: message/global-headers|Content-Transfer-Encoding: quoted-printable||\u00e4",
                "Content-Transfer-Encoding: base64||\u00e4"
            })
    void whatHasNoSevenBitFormIsRefused(String message) {
        String text = message.replace("|", "\r\n") + "\r\n";
        assertThatThrownBy(() -> converted(text)).isInstanceOf(UnconvertibleException.class);
    }

    @Test
    void thePolicyDecidesAboutSignatures() throws Exception {
        MessageBody signed = body(lines("DKIM-Signature: v=1;", "", "\u00e4"));
        assertThat(SevenBit.of(signed, SevenBit.Policy.ALWAYS).size()).isPositive();
        assertThatThrownBy(() -> SevenBit.of(signed, SevenBit.Policy.UNLESS_SIGNED))
                .hasMessageContaining("DKIM");
        assertThatThrownBy(() -> SevenBit.of(body(lines("a: b", "", "\u00e4")), SevenBit.Policy.NEVER))
                .hasMessageContaining("switched off");
    }

    @Test
    void partsInsideEachOtherAreBounded() {
        StringBuilder deep = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            deep.append("Content-Type: message/rfc822\r\n\r\n");
        }
        assertThatThrownBy(() -> converted(deep + "a: b\r\n\r\n\u00e4\r\n")).hasMessageContaining("inside each other");
        assertThatThrownBy(() -> converted("a: " + "x".repeat(300_000) + "\r\n\r\n\u00e4"))
                .hasMessageContaining("octets");
    }

    @Test
    void whateverTheOctetsTheyComeBack() throws Exception {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 300; i++) {
            byte[] content = new byte[random.nextInt(1, 30_000)];
            random.nextBytes(content);
            for (int j = 0; j < content.length; j++) {
                int kind = random.nextInt(12);
                content[j] = kind == 0 ? (byte) '\n' : kind == 1 ? (byte) '\r' : kind == 2 ? (byte) ' ' : content[j];
            }
            content[0] = (byte) 0xe4;
            for (String type : new String[] {"text/plain", "image/png"}) {
                ByteArrayOutputStream message = new ByteArrayOutputStream();
                message.writeBytes(("Content-Type: " + type + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                message.writeBytes(content);
                MessageBody body = SevenBit.of(MessageBody.of(message.toByteArray()), SevenBit.Policy.UNLESS_SIGNED);
                String text = new String(body.open().readAllBytes(), StandardCharsets.US_ASCII);
                assertThat(text.lines().mapToInt(String::length).max().orElse(0))
                        .isLessThanOrEqualTo(76);
                String encoded = text.substring(text.indexOf("\r\n\r\n") + 4);
                byte[] back = type.equals("text/plain")
                        ? unquoted(encoded)
                        : Base64.getMimeDecoder().decode(encoded);
                assertThat(back).as("%d %s", i, type).isEqualTo(content);
            }
        }
    }

    private static byte[] unquoted(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != '=') {
                out.write(text.charAt(i));
            } else if (text.startsWith("\r\n", i + 1)) {
                i += 2;
            } else {
                out.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
                i += 2;
            }
        }
        return out.toByteArray();
    }
}
