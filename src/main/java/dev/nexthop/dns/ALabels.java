package dev.nexthop.dns;

import dev.nexthop.smtp.Ascii;
import dev.nexthop.smtp.Domain;
import java.util.Optional;

/** Domain names as those write them who know ASCII alone (RFC 5890 §2.3.2.1). */
public final class ALabels {
    private ALabels() {}

    /**
     * The domain with its U-labels turned into A-labels, by way of UTS 46 and nontransitional, as DNS is asked.
     *
     * @param domain a name or an address literal
     * @return itself when it is ASCII; empty when there is no such name
     */
    public static Optional<Domain> of(Domain domain) {
        if (Ascii.only(domain.name())) {
            return Optional.of(domain);
        }
        try {
            return Optional.of(new Domain(HostNames.toName(domain.name()).toString(true)));
        } catch (HostNames.BadNameException | IllegalArgumentException e) {
            return Optional.empty(); // The caller says so in the words of its own step.
        }
    }
}
