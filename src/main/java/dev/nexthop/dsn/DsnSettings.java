package dev.nexthop.dsn;

import dev.nexthop.expr.Conditional;

/**
 * Who speaks in delivery status notifications, and how, {@code report.dsn.*} and {@code report.submitter}.
 *
 * @param fromName the display name, {@code Mail Delivery Subsystem}
 * @param fromAddress the address, {@code MAILER-DAEMON@} and our domain
 * @param submitter the name in Reporting-MTA (RFC 3464 §2.2.2)
 * @param language the tag of the language that the text is in
 * @param languages what can be spoken
 */
public record DsnSettings(
        Conditional<String> fromName,
        Conditional<String> fromAddress,
        Conditional<String> submitter,
        Conditional<String> language,
        Languages languages) {
    /**
     * Settings that speak English.
     *
     * @param fromName the display name
     * @param fromAddress the address
     * @param submitter the name in Reporting-MTA
     */
    public DsnSettings(Conditional<String> fromName, Conditional<String> fromAddress, Conditional<String> submitter) {
        this(fromName, fromAddress, submitter, Conditional.constant(Languages.DEFAULT), Languages.builtIn());
    }
}
