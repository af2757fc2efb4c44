package dev.nexthop.report;

import dev.nexthop.dns.ALabels;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.EvaluationException;
import dev.nexthop.expr.Facts;
import dev.nexthop.expr.Lookups;
import dev.nexthop.expr.Value;
import dev.nexthop.expr.Variable;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.Mailbox;

/**
 * Who reports to one domain.
 *
 * @param name the display name, without controls
 * @param address in ASCII
 * @param organization for people
 * @param contact for people
 * @param submitter our domain, in ASCII
 */
record Sender(String name, Mailbox address, String organization, String contact, String submitter) {
    /**
     * Evaluates the settings for a domain.
     *
     * @throws ReportException when one gives nothing that can be used: then nothing is sent, as a report in a wrong name helps
     *     nobody
     */
    static Sender of(ReportSettings settings, Lookups lookups, String domain) throws ReportException {
        Facts facts = variable -> variable == Variable.RCPT_DOMAIN ? Value.of(domain) : null;
        String address = asked("report.tls.aggregate.from-address", settings.from().address(), facts, lookups);
        String submitter = asked("report.submitter", settings.submitter(), facts, lookups);
        return new Sender(
                clean(asked("report.tls.aggregate.from-name", settings.from().name(), facts, lookups)),
                mailbox(address),
                clean(asked("report.tls.aggregate.org-name", settings.organization(), facts, lookups)),
                clean(asked("report.tls.aggregate.contact-info", settings.contact(), facts, lookups)),
                host(submitter));
    }

    private static String asked(String key, Conditional<String> setting, Facts facts, Lookups lookups)
            throws ReportException {
        try {
            return setting.value(facts, lookups);
        } catch (EvaluationException e) {
            throw new ReportException(key + " could not be evaluated: " + e.getMessage(), e);
        }
    }

    private static Mailbox mailbox(String text) throws ReportException {
        try {
            Mailbox mailbox = Mailbox.parse(text);
            if (!mailbox.needsUtf8()) {
                return mailbox;
            }
        } catch (IllegalArgumentException e) {
            throw new ReportException(
                    "report.tls.aggregate.from-address gave '" + clean(text) + "', which is no address", e);
        }
        throw new ReportException(
                "report.tls.aggregate.from-address gave '" + clean(text) + "', which is no address of ASCII");
    }

    private static String host(String text) throws ReportException {
        try {
            Domain domain = Mailbox.parse("a@" + text).domain();
            if (!domain.isLiteral()) {
                return ALabels.of(domain).orElse(domain).name();
            }
        } catch (IllegalArgumentException e) {
            throw new ReportException("report.submitter gave '" + clean(text) + "', which is no host name", e);
        }
        throw new ReportException("report.submitter gave '" + clean(text) + "', where a host name is needed");
    }

    private static String clean(String text) {
        StringBuilder line = new StringBuilder(text.length());
        Detail.cut(text)
                .codePoints()
                .forEach(c -> line.appendCodePoint(Character.isISOControl(c) || c == 0x2028 || c == 0x2029 ? ' ' : c));
        return line.toString().strip();
    }
}
