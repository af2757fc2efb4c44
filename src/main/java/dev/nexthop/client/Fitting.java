package dev.nexthop.client;

import dev.nexthop.client.Capabilities.Extension;
import dev.nexthop.dns.ALabels;
import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.Requests;
import dev.nexthop.mime.SevenBit;
import dev.nexthop.mime.UnconvertibleException;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import dev.nexthop.tls.TlsVerdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A transfer, fitted to what one server can take: what can't be carried there is not sent, what the standards let us
 * change is changed, and the rest goes as it is.
 */
final class Fitting {
    private static final EnhancedStatus TOO_BIG = new EnhancedStatus(5, 3, 4);
    private static final EnhancedStatus NO_EIGHT_BIT = new EnhancedStatus(5, 6, 3);
    private static final EnhancedStatus NO_UTF8 = new EnhancedStatus(5, 6, 7);
    private static final EnhancedStatus NO_ENCRYPTION = new EnhancedStatus(5, 7, 10);
    private static final EnhancedStatus NO_REQUIRETLS = new EnhancedStatus(5, 7, 30);
    private static final EnhancedStatus NO_FEATURE = new EnhancedStatus(5, 3, 3);
    private static final EnhancedStatus TOO_LATE = new EnhancedStatus(5, 4, 7);
    private static final Response.Unable RECIPIENT_NEEDS_UTF8 =
            new Response.Unable(NO_UTF8, "the server does not offer SMTPUTF8");

    private final Target target;
    private final Capabilities offered;
    private final Transfer transfer;
    private final List<Integer> able = new ArrayList<>();
    private final List<Integer> unable = new ArrayList<>();
    private MessageBody body;
    private String sender;
    private boolean utf8;
    private @Nullable Response refusal;

    private Fitting(Target target, Capabilities offered, Transfer transfer) {
        this.target = target;
        this.offered = offered;
        this.transfer = transfer;
        this.body = transfer.body();
        this.sender = transfer.sender().address();
        this.utf8 = transfer.utf8();
    }

    static Fitting of(Target target, Capabilities offered, TlsVerdict tls, Transfer transfer) {
        Fitting fitting = new Fitting(target, offered, transfer);
        fitting.refusal = fitting.whole(tls);
        for (int i = 0; i < transfer.recipients().size(); i++) {
            (fitting.refusal == null && fitting.fits(i) ? fitting.able : fitting.unable).add(i);
        }
        return fitting;
    }

    /** Indexes of the recipients that can be named to the server; nobody else touches the list. */
    List<Integer> able() {
        return able;
    }

    /** Indexes of those that can't. */
    List<Integer> unable() {
        return unable;
    }

    /** Why the {@link #unable} can't. */
    Response why() {
        Response whole = refusal;
        return whole == null ? RECIPIENT_NEEDS_UTF8 : whole;
    }

    /** The content as it goes there. */
    MessageBody body() {
        return body;
    }

    private @Nullable Response whole(TlsVerdict tls) {
        Response trouble = content();
        if (trouble != null) {
            return trouble;
        }
        if (transfer.sender() instanceof ReversePath.From(Mailbox from) && from.needsUtf8()) {
            Optional<String> ascii = address(from);
            if (ascii.isEmpty()) {
                return new Response.Unable(NO_UTF8, "the sender needs SMTPUTF8, the server does not offer it");
            }
            sender = ascii.get();
        }
        Requests requests = transfer.extras().requests();
        return requests.any() ? lacking(requests, tls) : null;
    }

    /** RFC 1870 §6.1, RFC 6152 §3, RFC 6531 §3.2. */
    private @Nullable Response content() {
        if (body.eightBit() && !offered.has(Extension.EIGHT_BIT_MIME)) {
            if (transfer.utf8()) {
                return new Response.Unable(NO_UTF8, "the message needs SMTPUTF8, the server does not offer it");
            }
            try {
                body = SevenBit.of(body, transfer.extras().conversion());
            } catch (UnconvertibleException e) {
                return new Response.Unable(
                        NO_EIGHT_BIT,
                        "the message has 8-bit octets, the server does not offer 8BITMIME, and the message can't be"
                                + " converted: " + e.getMessage());
            } catch (IOException e) {
                return new Response.Unreadable(String.valueOf(e.getMessage()));
            }
        }
        if (offered.maxSize() > 0 && body.size() > offered.maxSize()) {
            return new Response.Unable(
                    TOO_BIG, "the message has " + body.size() + " octets, the server takes " + offered.maxSize());
        }
        if (transfer.utf8() && !offered.has(Extension.SMTPUTF8)) {
            return new Response.Unable(NO_UTF8, "the message needs SMTPUTF8, the server does not offer it");
        }
        return null;
    }

    private @Nullable Response lacking(Requests requests, TlsVerdict tls) {
        // An LMTP server puts the message into its mailbox: nobody relays it further, and so nobody needs the keywords.
        boolean relays = target.dialect() == Dialect.SMTP;
        if (requests.requireTls() && (relays || !target.loopback())) {
            Response open = lackingTls(tls, relays);
            if (open != null) {
                return open;
            }
        }
        if (requests.deliverBy().isPresent()) {
            Requests.DeliverBy by = requests.deliverBy().get();
            if (relays && by.mode() == Requests.Mode.RETURN && !offered.has(Extension.DELIVERBY)) { // RFC 2852 §4.1.4.1
                return new Response.Unable(NO_FEATURE, "the sender set a time limit, the server offers no DELIVERBY");
            }
            if (by.mode() == Requests.Mode.RETURN && left(by) <= 0) {
                return new Response.Unable(TOO_LATE, "the sender's time limit has passed");
            }
        }
        return null;
    }

    /** RFC 8689 §4.2.1: a name that one can believe, TLS to whom it belongs, and a server that passes the demand on. */
    private @Nullable Response lackingTls(TlsVerdict tls, boolean relays) {
        String why = switch (tls) {
            case TlsVerdict.Clear _ -> "the sender requires TLS, the connection has none";
            case TlsVerdict.Unverified unverified ->
                "the sender requires TLS to a server whose certificate is verified: " + unverified.why();
            case TlsVerdict.Encrypted encrypted ->
                "the sender requires TLS to a server whose certificate is verified: no TLSA record of "
                        + encrypted.base() + " is usable";
            case TlsVerdict.Verified _, TlsVerdict.Pinned _, TlsVerdict.Dane _, TlsVerdict.Sts _ -> "";
        };
        if (why.isEmpty() && !target.tls().policy().authenticName()) {
            why = "the sender requires TLS to a host whose name is known from DNSSEC or MTA-STS: anybody could have"
                    + " written the MX records";
        }
        if (!why.isEmpty()) {
            return new Response.Unable(NO_ENCRYPTION, why);
        }
        return relays && !offered.has(Extension.REQUIRETLS)
                ? new Response.Unable(
                        NO_REQUIRETLS, "the sender requires TLS all the way, the server does not offer REQUIRETLS")
                : null;
    }

    private boolean fits(int recipient) {
        Mailbox mailbox = transfer.recipients().get(recipient);
        return !mailbox.needsUtf8() || address(mailbox).isPresent();
    }

    /** The address as this server can read it: as it is with SMTPUTF8, else with the domain in A-labels. */
    private Optional<String> address(Mailbox mailbox) {
        if (offered.has(Extension.SMTPUTF8)) {
            utf8 = true;
            return Optional.of(mailbox.toString());
        }
        return ALabels.of(mailbox.domain())
                .map(domain -> new Mailbox(mailbox.localPart(), domain))
                .filter(ascii -> !ascii.needsUtf8())
                .map(Mailbox::toString);
    }

    /** The MAIL command. */
    String mail() {
        StringBuilder command =
                new StringBuilder(80).append("MAIL FROM:<").append(sender).append('>');
        if (offered.has(Extension.SIZE)) {
            command.append(" SIZE=").append(body.size());
        }
        if (body.eightBit()) {
            command.append(" BODY=8BITMIME");
        }
        if (utf8) {
            command.append(" SMTPUTF8");
        }
        Extras extras = transfer.extras();
        if (extras.priority() != 0 && offered.has(Extension.MT_PRIORITY)) {
            command.append(" MT-PRIORITY=").append(extras.priority());
        }
        if (extras.requests().any()) {
            Parameters.ofMail(extras, offered, command);
        }
        return command.toString();
    }

    /** The RCPT command of a recipient. */
    String rcpt(int recipient) {
        Mailbox mailbox = transfer.recipients().get(recipient);
        if (!mailbox.needsUtf8() && transfer.extras().requests().recipients().isEmpty()) {
            return "RCPT TO:<" + mailbox + ">";
        }
        StringBuilder command = new StringBuilder(80)
                .append("RCPT TO:<")
                .append(address(mailbox).orElseThrow())
                .append('>');
        if (!transfer.extras().requests().recipients().isEmpty()) {
            Parameters.ofRcpt(transfer.extras().requests().recipients().get(recipient), offered, command);
        }
        return command.toString();
    }

    private long left(Requests.DeliverBy by) {
        return transfer.extras().now().until(by.by(), java.time.temporal.ChronoUnit.SECONDS);
    }
}
