package dev.nexthop.dsn;

import dev.nexthop.expr.Conditional;

/**
 * Who speaks in delivery status notifications, {@code report.dsn.*} and {@code report.submitter}.
 *
 * @param fromName the display name, {@code Mail Delivery Subsystem}
 * @param fromAddress the address, {@code MAILER-DAEMON@} and our domain
 * @param submitter the name in Reporting-MTA (RFC 3464 §2.2.2)
 */
public record DsnSettings(
        Conditional<String> fromName, Conditional<String> fromAddress, Conditional<String> submitter) {}
