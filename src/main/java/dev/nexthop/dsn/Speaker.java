package dev.nexthop.dsn;

import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.EvaluationException;
import dev.nexthop.expr.Facts;
import dev.nexthop.expr.Lookups;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.Mailbox;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Who speaks in a notification. A setting that can't be evaluated or makes no sense becomes its default: the sender is
 * told in any case.
 *
 * @param from the value of the From field, folded
 * @param submitter our name
 * @param faults what was wrong with the settings
 */
record Speaker(String from, String submitter, List<String> faults) {
    private static final String DEFAULT_NAME = "Mail Delivery Subsystem";

    static Speaker of(DsnSettings settings, Facts facts, Lookups lookups) {
        List<String> faults = new ArrayList<>();
        Asked asked = new Asked(facts, lookups, faults);
        String submitter = asked.value("report.submitter", settings.submitter(), "localhost");
        if (!plainDomain(submitter)) {
            faults.add("report.submitter gave '" + Lines.clean(submitter) + "', which is no host name");
            submitter = "localhost";
        }
        String name = Lines.clean(asked.value("report.dsn.from-name", settings.fromName(), DEFAULT_NAME));
        String fallback = "MAILER-DAEMON@" + submitter;
        String address = asked.value("report.dsn.from-address", settings.fromAddress(), fallback);
        if (!plainMailbox(address)) {
            faults.add("report.dsn.from-address gave '" + Lines.clean(address) + "', which is no address");
            address = fallback;
        }
        return new Speaker(phrase(name) + "<" + address + ">", submitter, faults);
    }

    private record Asked(Facts facts, Lookups lookups, List<String> faults) {
        String value(String key, Conditional<String> setting, String fallback) {
            try {
                return setting.value(facts, lookups);
            } catch (EvaluationException e) {
                faults.add(key + " could not be evaluated: " + e.getMessage());
                return fallback;
            }
        }
    }

    private static boolean plainDomain(String text) {
        try {
            return new Domain(text).equals(Mailbox.parse("a@" + text).domain()) && ascii(text);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean plainMailbox(String text) {
        try {
            return !Mailbox.parse(text).needsUtf8();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean ascii(String text) {
        return text.chars().allMatch(c -> c < 128);
    }

    /** A display name as a quoted string (RFC 5322 §3.2.4), or as encoded words (RFC 2047 §2) when it is not ASCII. */
    private static String phrase(String name) {
        if (name.isEmpty()) {
            return "";
        }
        String bounded = name.length() > 200 ? name.substring(0, 200) : name;
        if (ascii(bounded)) {
            return '"' + bounded.replace("\\", "\\\\").replace("\"", "\\\"") + "\" ";
        }
        List<String> words = new ArrayList<>();
        StringBuilder piece = new StringBuilder();
        bounded.codePoints().forEach(c -> {
            piece.appendCodePoint(c);
            if (piece.length() >= 10) { // 40 octets at most, so 56 in Base64: below the 75 of an encoded word
                words.add(encoded(piece.toString()));
                piece.setLength(0);
            }
        });
        if (!piece.isEmpty()) {
            words.add(encoded(piece.toString()));
        }
        return String.join(" ", words) + " ";
    }

    private static String encoded(String piece) {
        return "=?utf-8?B?" + Base64.getEncoder().encodeToString(piece.getBytes(StandardCharsets.UTF_8)) + "?=";
    }
}
