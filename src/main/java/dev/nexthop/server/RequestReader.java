package dev.nexthop.server;

import dev.nexthop.mail.Requests;
import dev.nexthop.smtp.Ascii;
import dev.nexthop.smtp.Parameter;
import dev.nexthop.smtp.PreparedReply;
import dev.nexthop.smtp.Replies;
import dev.nexthop.smtp.Xtext;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what a client asks with parameters of MAIL and RCPT, as far as it is offered. */
final class RequestReader {
    /** RFC 3461 §4.4. */
    private static final int LONGEST_ENVELOPE_ID = 100;

    /** RFC 3461 §4.2, in octets. */
    private static final int LONGEST_ORIGINAL = 500;

    /** RFC 6710: neither a plus, nor minus zero, nor leading zeros. */
    private static final Pattern PRIORITY = Pattern.compile("0|-?[1-9]");

    /** RFC 2852 §4. */
    private static final Pattern BY = Pattern.compile("([+-]?[0-9]{1,9});([RN])(T?)", Pattern.CASE_INSENSITIVE);

    /** RFC 4865 §3. */
    private static final Pattern SECONDS = Pattern.compile("[1-9][0-9]{0,8}");

    /** RFC 3339 §5.6. */
    private static final Pattern DATE_TIME = Pattern.compile(
            "[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}(\\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})",
            Pattern.CASE_INSENSITIVE);

    private final Offers offers;
    private final Instant now;

    private Optional<Requests.Returned> returned = Optional.empty();
    private String envelopeId = "";
    private boolean requireTls;
    private int priority;
    private Optional<Requests.DeliverBy> deliverBy = Optional.empty();
    private Optional<Instant> release = Optional.empty();

    /**
     * What is asked about a message.
     *
     * @param requests without those about recipients
     * @param priority -9 to 9
     */
    record OfMail(Requests requests, int priority) {
        /** Nothing, the usual case. */
        static final OfMail NOTHING = new OfMail(Requests.NONE, 0);
    }

    /** Something is not offered, or is asked wrongly. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient PreparedReply reply;

        Refused(PreparedReply reply) {
            super(null, null, false, false);
            this.reply = reply;
        }

        PreparedReply reply() {
            return reply;
        }
    }

    private RequestReader(Offers offers, Instant now) {
        this.offers = offers;
        this.now = now;
    }

    /**
     * Reads the parameters of MAIL.
     *
     * @param now the moment from which intervals count
     */
    static OfMail ofMail(List<Parameter> parameters, Offers offers, Instant now) throws Refused {
        if (parameters.isEmpty()) {
            return OfMail.NOTHING;
        }
        RequestReader reader = new RequestReader(offers, now);
        for (Parameter parameter : parameters) {
            reader.take(parameter);
        }
        return reader.result();
    }

    /** Reads the parameters of RCPT (RFC 3461 §4.1, §4.2). */
    static Requests.Recipient ofRcpt(List<Parameter> parameters, Offers offers) throws Refused {
        if (parameters.isEmpty()) {
            return Requests.Recipient.NONE;
        }
        offered(offers.dsn());
        Set<Requests.Notify> notices = Set.of();
        Optional<Requests.Original> original = Optional.empty();
        for (Parameter parameter : parameters) {
            String value = parameter.value() == null ? "" : parameter.value();
            switch (parameter.keyword()) {
                case "NOTIFY" -> notices = notices(value);
                case "ORCPT" -> original = Optional.of(original(value));
                default -> throw new Refused(Replies.UNKNOWN_PARAMETER);
            }
        }
        return new Requests.Recipient(notices, original);
    }

    private void take(Parameter parameter) throws Refused {
        String value = parameter.value() == null ? "" : parameter.value();
        switch (parameter.keyword()) {
            case "RET" -> {
                offered(offers.dsn());
                returned = Optional.of(returned(value));
            }
            case "ENVID" -> {
                offered(offers.dsn());
                envelopeId = envelopeId(value);
            }
            case "REQUIRETLS" -> {
                offered(offers.requireTls());
                fits(parameter.value() == null, "REQUIRETLS takes no value");
                requireTls = true;
            }
            case "MT-PRIORITY" -> {
                offered(offers.priorities().isPresent());
                fits(PRIORITY.matcher(value).matches(), "MT-PRIORITY is a whole number from -9 to 9");
                priority = Integer.parseInt(value);
            }
            case "BY" -> deliverBy = Optional.of(deliverBy(value, limit(offers.deliverBy())));
            case "HOLDFOR" -> hold(holdFor(value, limit(offers.futureRelease())));
            case "HOLDUNTIL" -> hold(holdUntil(value, limit(offers.futureRelease())));
            default -> throw new Refused(Replies.UNKNOWN_PARAMETER);
        }
    }

    private OfMail result() throws Refused {
        // One that is past has nothing to hold.
        Optional<Instant> hold = release.filter(now::isBefore);
        if (hold.isPresent() && deliverBy.isPresent() && deliverBy.get().mode() == Requests.Mode.RETURN) {
            fits(hold.get().isBefore(deliverBy.get().by()), "the message would be released after its time to return");
        }
        return new OfMail(new Requests(returned, envelopeId, List.of(), requireTls, deliverBy, hold), priority);
    }

    private static Set<Requests.Notify> notices(String value) throws Refused {
        Set<Requests.Notify> notices = EnumSet.noneOf(Requests.Notify.class);
        for (String word : value.split(",", -1)) {
            switch (upper(word)) {
                case "NEVER" -> notices.add(Requests.Notify.NEVER);
                case "SUCCESS" -> notices.add(Requests.Notify.SUCCESS);
                case "FAILURE" -> notices.add(Requests.Notify.FAILURE);
                case "DELAY" -> notices.add(Requests.Notify.DELAY);
                default -> fits(false, "NOTIFY is NEVER, or some of SUCCESS,FAILURE,DELAY");
            }
        }
        fits(!notices.contains(Requests.Notify.NEVER) || notices.size() == 1, "NOTIFY=NEVER stands alone");
        return notices;
    }

    private static Requests.Original original(String value) throws Refused {
        String tooLong = "ORCPT is at most " + LONGEST_ORIGINAL + " octets long";
        fits(value.getBytes(StandardCharsets.UTF_8).length <= LONGEST_ORIGINAL, tooLong);
        int semicolon = value.indexOf(';');
        String type = semicolon < 0 ? "" : value.substring(0, semicolon);
        fits(isAtom(type), "ORCPT is a type, a semicolon and an address, such as rfc822;user@example.org");
        String encoded = value.substring(semicolon + 1);
        boolean international = upper(type).equals("UTF-8"); // RFC 6533 §3
        @Nullable String address = international ? Xtext.decodeAddress(encoded) : Xtext.decode(encoded);
        if (address == null || address.isEmpty()) {
            throw new Refused(Replies.badParameter(
                    international
                            ? "the address of ORCPT is neither utf-8-addr-xtext nor utf-8-addr-unitext"
                            : "the address of ORCPT is not the xtext of printable characters"));
        }
        // As the next host gets it, which may have to be written in ASCII.
        fits(!international || semicolon + 1 + Xtext.encodeAddress(address).length() <= LONGEST_ORIGINAL, tooLong);
        return new Requests.Original(type, address);
    }

    private static Requests.Returned returned(String value) throws Refused {
        return switch (upper(value)) {
            case "FULL" -> Requests.Returned.FULL;
            case "HDRS" -> Requests.Returned.HDRS;
            default -> throw new Refused(Replies.badParameter("RET is FULL or HDRS"));
        };
    }

    private static String envelopeId(String value) throws Refused {
        @Nullable String id = Xtext.decode(value);
        if (id == null || id.isEmpty() || value.length() > LONGEST_ENVELOPE_ID) {
            throw new Refused(Replies.badParameter(
                    "ENVID is the xtext of printable characters, 1 to " + LONGEST_ENVELOPE_ID + " octets long"));
        }
        return id;
    }

    private Requests.DeliverBy deliverBy(String value, long most) throws Refused {
        Matcher by = BY.matcher(value);
        fits(by.matches(), "BY is a number of seconds, a semicolon, and R or N, possibly with T behind it");
        long seconds = Long.parseLong(by.group(1));
        boolean back = upper(by.group(2)).equals("R");
        fits(!back || seconds > 0, "BY with R is a time to come"); // RFC 2852 §4
        fits(seconds <= most, "BY is at most " + most + " seconds here");
        return new Requests.DeliverBy(
                now.plusSeconds(seconds),
                back ? Requests.Mode.RETURN : Requests.Mode.NOTIFY,
                !by.group(3).isEmpty());
    }

    private Instant holdFor(String value, long most) throws Refused {
        fits(SECONDS.matcher(value).matches(), "HOLDFOR is a number of seconds");
        long seconds = Long.parseLong(value);
        fits(seconds <= most, "HOLDFOR is at most " + most + " seconds here");
        return now.plusSeconds(seconds);
    }

    private Instant holdUntil(String value, long most) throws Refused {
        String form = "HOLDUNTIL is a date and time of RFC 3339, such as 2030-01-31T08:00:00Z";
        fits(DATE_TIME.matcher(value).matches(), form);
        try {
            Instant until = OffsetDateTime.parse(upper(value)).toInstant();
            Instant last = now.plusSeconds(most);
            fits(!until.isAfter(last), "HOLDUNTIL is at most " + most + " seconds away here");
            return until;
        } catch (DateTimeException _) {
            // A 31st of June.
            throw new Refused(Replies.badParameter(form));
        }
    }

    private void hold(Instant until) throws Refused {
        fits(release.isEmpty(), "HOLDFOR and HOLDUNTIL exclude each other"); // RFC 4865 §4.1
        release = Optional.of(until);
    }

    /** The limit of something that has one when it is offered, in seconds. */
    private static long limit(Optional<Duration> most) throws Refused {
        offered(most.isPresent());
        return most.get().toSeconds();
    }

    private static boolean isAtom(String text) {
        return !text.isEmpty() && text.chars().allMatch(RequestReader::isAtomText);
    }

    /** RFC 5322 §3.2.3, without what xtext keeps for itself. */
    private static boolean isAtomText(int c) {
        return c > ' ' && c < 127 && (Character.isLetterOrDigit(c) || "!#$%&'*-/?^_`{|}~".indexOf(c) >= 0);
    }

    private static String upper(String word) {
        // Some letters beyond ASCII have upper case forms within it.
        return Ascii.only(word) ? word.toUpperCase(Locale.ROOT) : word;
    }

    private static void offered(boolean offered) throws Refused {
        if (!offered) {
            throw new Refused(Replies.UNKNOWN_PARAMETER); // RFC 5321 §4.1.1.11
        }
    }

    private static void fits(boolean fits, String otherwise) throws Refused {
        if (!fits) {
            throw new Refused(Replies.badParameter(otherwise));
        }
    }
}
