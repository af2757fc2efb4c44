package dev.nexthop.dsn;

import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.EvaluationException;
import dev.nexthop.expr.Facts;
import dev.nexthop.expr.Lookups;
import dev.nexthop.mime.DisplayName;
import dev.nexthop.smtp.Ascii;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.Mailbox;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who speaks in a notification. A setting that can't be evaluated or makes no sense becomes its default: the sender is
 * told in any case.
 *
 * @param from the value of the From field, folded
 * @param submitter our name
 * @param phrases what we say, in the language of the sender
 * @param faults what was wrong with the settings
 */
record Speaker(String from, String submitter, Phrases phrases, List<String> faults) {
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
        String language = asked.value("report.dsn.language", settings.language(), Languages.DEFAULT);
        Optional<Phrases> phrases = settings.languages().find(language);
        if (phrases.isEmpty()) {
            faults.add("report.dsn.language gave '" + Lines.clean(language) + "', and there are only "
                    + String.join(", ", settings.languages().tags()));
        }
        return new Speaker(from(name, address), submitter, phrases.orElseGet(settings.languages()::english), faults);
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
            return new Domain(text).equals(Mailbox.parse("a@" + text).domain()) && Ascii.only(text);
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

    private static String from(String name, String address) {
        List<String> words = new ArrayList<>(DisplayName.words(name));
        words.add("<" + address + ">");
        return String.join(" ", words);
    }
}
