package dev.nexthop.report;

import dev.nexthop.expr.Conditional;
import java.util.Optional;

/**
 * What TLS reports say of us, {@code report.tls.aggregate.*}. Expressions know the domain that gets the report.
 *
 * @param send how often; empty for never
 * @param from who writes
 * @param organization {@code organization-name}
 * @param contact {@code contact-info}
 * @param submitter our domain, {@code report.submitter}
 * @param mostOctets of the compressed report; a larger one goes without details
 */
public record ReportSettings(
        Optional<Rhythm> send,
        From from,
        Conditional<String> organization,
        Conditional<String> contact,
        Conditional<String> submitter,
        long mostOctets) {
    /**
     * Who writes.
     *
     * @param name the display name
     * @param address the address in the header and in the envelope
     */
    public record From(Conditional<String> name, Conditional<String> address) {}
}
