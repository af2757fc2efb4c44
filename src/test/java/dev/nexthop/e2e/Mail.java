package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Messages to send, and how to know them again at the far end. */
final class Mail {
    private Mail() {}

    /** A small message that is valid. */
    static byte[] simple(String subject) {
        return bytes("""
                From: Jane <jane@example.org>
                To: Somebody <somebody@example.net>
                Subject: %s
                Date: Sun, 22 Nov 2026 10:00:00 +0000
                Message-ID: <%s@client.example>

                One line.
                """.formatted(subject, subject.replace(' ', '.')));
    }

    /** One with what often breaks on the way: dots, long lines, folded fields, trailing blanks, empty lines at the end. */
    static byte[] difficult(String subject) {
        return bytes("""
                From: Jane <jane@example.org>
                To: Somebody <somebody@example.net>
                Subject: %s
                 goes on here
                X-Long: %s
                Date: Sun, 22 Nov 2026 10:00:00 +0000
                Message-ID: <difficult@client.example>
                MIME-Version: 1.0
                Content-Type: text/plain; charset=utf-8
                Content-Transfer-Encoding: 8bit

                .
                ..
                .hidden
                From here a line that mailboxes like to quote
                grüße, ваш сервер
                trailing blanks   \t\s
                %s
                \s


                """.formatted(subject, "x".repeat(900), "0123456789".repeat(99)));
    }

    /** One with a text and a picture of sorts, both in eight bits as they are. */
    static byte[] parts(String subject) {
        return bytes("""
                From: Jane <jane@example.org>
                To: Somebody <somebody@example.net>
                Subject: %s
                Date: Sun, 22 Nov 2026 10:00:00 +0000
                Message-ID: <%s@client.example>
                MIME-Version: 1.0
                Content-Type: multipart/mixed; boundary="between = parts"

                Who reads MIME does not see this.
                --between = parts
                Content-Type: text/plain; charset=utf-8
                Content-Transfer-Encoding: 8bit

                grüße = ваш сервер, trailing blank\s
                .
                %s

                --between = parts
                Content-Type: application/octet-stream
                Content-Transfer-Encoding: 8bit

                øøø octets ÿ
                --between = parts
                Content-Type: text/plain

                Seven bits stay as they are =3D.
                --between = parts--
                """.formatted(subject, subject, "grüße ".repeat(60)));
    }

    /** The same with the field of a signature (RFC 6376 §3.5); nobody on the way checks it. */
    static byte[] signed(String subject) {
        byte[] parts = parts(subject);
        String field = "DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=a; h=from; bh=AA==; b=AA==\r\n";
        byte[] head = field.getBytes(StandardCharsets.US_ASCII);
        byte[] all = Arrays.copyOf(head, head.length + parts.length);
        System.arraycopy(parts, 0, all, head.length, parts.length);
        return all;
    }

    /** Text with the line ends that mail has. */
    static byte[] bytes(String text) {
        return text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
    }

    /** The same with bare line feeds, as Postfix writes into a mailbox. */
    static byte[] bareLines(byte[] message) {
        return new String(message, StandardCharsets.ISO_8859_1)
                .replace("\r\n", "\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** What was delivered is what was sent, octet for octet, behind nothing but trace fields (RFC 5321 §4.4). */
    static void assertSameBehindTrace(byte[] delivered, byte[] sent) {
        String got = new String(delivered, StandardCharsets.ISO_8859_1);
        String expected = new String(sent, StandardCharsets.ISO_8859_1);
        int matching = 0;
        int shorter = Math.min(got.length(), expected.length());
        while (matching < shorter
                && got.charAt(got.length() - 1 - matching) == expected.charAt(expected.length() - 1 - matching)) {
            matching++;
        }
        assertThat(matching)
                .as("octets alike from the end, of %s", got.substring(0, Math.min(got.length(), 400)))
                .isEqualTo(expected.length());
        List<String> names = new ArrayList<>();
        for (String line : got.substring(0, got.length() - expected.length()).split("\r?\n")) {
            if (!line.startsWith(" ") && !line.startsWith("\t")) {
                names.add(line.replaceFirst(":.*", ""));
            }
        }
        assertThat(names)
                .isSubsetOf("Return-Path", "Received", "Delivered-To", "X-Original-To")
                .contains("Received");
    }
}
