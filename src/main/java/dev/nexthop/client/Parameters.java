package dev.nexthop.client;

import dev.nexthop.client.Capabilities.Extension;
import dev.nexthop.mail.Requests;
import dev.nexthop.smtp.Xtext;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The parameters of MAIL and RCPT that carry what our own client asked for; only those that the server offers. */
final class Parameters {
    /** RFC 2852 §4: nine digits. */
    private static final long MOST_SECONDS = 999_999_999L;

    /** RFC 3461 §4.4: octets of ENVID, encoded. */
    private static final int LONGEST_ENVELOPE_ID = 100;

    private Parameters() {}

    static void ofMail(Extras extras, Capabilities offered, StringBuilder command) {
        Requests requests = extras.requests();
        if (offered.has(Extension.DSN)) {
            requests.returned().ifPresent(returned -> command.append(" RET=").append(returned));
            String id = Xtext.encode(requests.envelopeId());
            if (!id.isEmpty() && id.length() <= LONGEST_ENVELOPE_ID) {
                command.append(" ENVID=").append(id);
            }
        }
        if (requests.requireTls() && offered.has(Extension.REQUIRETLS)) {
            command.append(" REQUIRETLS");
        }
        if (requests.deliverBy().isPresent() && offered.has(Extension.DELIVERBY)) {
            Requests.DeliverBy by = requests.deliverBy().get();
            long left = Math.clamp(extras.now().until(by.by(), ChronoUnit.SECONDS), -MOST_SECONDS, MOST_SECONDS);
            command.append(" BY=")
                    .append(left)
                    .append(by.mode() == Requests.Mode.RETURN ? ";R" : ";N")
                    .append(by.trace() ? "T" : "");
        }
        if (requests.holdUntil().isPresent() && offered.has(Extension.FUTURERELEASE)) {
            Instant until = requests.holdUntil().get().truncatedTo(ChronoUnit.SECONDS);
            if (until.isAfter(extras.now())) {
                command.append(" HOLDUNTIL=").append(until);
            }
        }
    }

    /** RFC 3461 §4.1 and §4.2. */
    static void ofRcpt(Requests.Recipient asked, Capabilities offered, StringBuilder command) {
        if (!offered.has(Extension.DSN)) {
            return;
        }
        if (!asked.notices().isEmpty()) {
            List<Requests.Notify> inOrder = Arrays.stream(Requests.Notify.values())
                    .filter(asked.notices()::contains)
                    .toList();
            command.append(" NOTIFY=").append(inOrder.stream().map(Enum::name).collect(Collectors.joining(",")));
        }
        if (asked.original().isPresent()) {
            Requests.Original original = asked.original().get();
            boolean international = original.type().toLowerCase(Locale.ROOT).equals("utf-8");
            command.append(" ORCPT=")
                    .append(original.type())
                    .append(';')
                    .append(international ? Xtext.encodeAddress(original.address()) : Xtext.encode(original.address()));
        }
    }
}
