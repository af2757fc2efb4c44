package dev.nexthop.delivery;

import dev.nexthop.client.Answer;
import dev.nexthop.client.Response;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Handover;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.Step;
import dev.nexthop.mail.TlsFault;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.smtp.Reply;
import dev.nexthop.tls.TlsPolicy;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The one place that knows what a reply or a failure means. {@link #TABLE} is read from the top; the first row that fits
 * decides. docs/adr/0005-one-classifier.md says why there is only one.
 */
final class Classifier {
    private static final Set<Step> ENVELOPE = EnumSet.of(Step.MAIL, Step.RCPT, Step.DATA);
    private static final Set<Step> MAIL_TO_END = EnumSet.of(Step.MAIL, Step.RCPT, Step.DATA, Step.END_OF_DATA);
    private static final Set<Step> OPENING = EnumSet.of(Step.CONNECT, Step.GREETING, Step.EHLO, Step.TLS, Step.AUTH);
    static final Set<Step> ANY = EnumSet.allOf(Step.class);

    static final List<Row> TABLE = List.of(
            row(
                    ANY,
                    new Codes(421, 421),
                    When.ALWAYS,
                    Fate.BUSY,
                    "RFC 5321 §3.8: the server is going away, whatever was asked. Others may stay."),
            row(
                    EnumSet.of(Step.END_OF_DATA),
                    new Codes(200, 299),
                    When.ALWAYS,
                    Fate.DELIVERED,
                    "RFC 5321 §6.1: the server has taken responsibility."),
            row(
                    ENVELOPE,
                    new Codes(530, 530),
                    When.CONFIGURED_HOP,
                    Fate.AUTH,
                    "RFC 4954 §6: the hop wants a login it did not get. Our configuration's fault, never the sender's."),
            row(ENVELOPE, new Codes(534, 535), When.CONFIGURED_HOP, Fate.AUTH, "The same."),
            row(ENVELOPE, new Codes(538, 538), When.CONFIGURED_HOP, Fate.AUTH, "The same."),
            row(
                    EnumSet.of(Step.RCPT),
                    new Codes(452, 452),
                    When.TOO_MANY_AFTER_SOME,
                    Fate.AGAIN,
                    "RFC 5321 §4.5.3.1.10: too many recipients for one transaction."),
            row(
                    EnumSet.of(Step.RCPT),
                    new Codes(552, 552),
                    When.TOO_MANY_AFTER_SOME,
                    Fate.AGAIN,
                    "The same from older servers (RFC 5321 §4.5.3.1.10)."),
            row(
                    EnumSet.of(Step.RCPT),
                    new Codes(552, 552),
                    When.SAYS_TOO_MANY,
                    Fate.NEXT_HOST,
                    "Too many, though nobody was taken: no reason to fail."),
            row(
                    EnumSet.of(Step.RCPT),
                    new Codes(400, 499),
                    When.SOME_TAKEN,
                    Fate.DEFERRED,
                    "The host is fine and took the others; this recipient waits, it does not wander."),
            row(
                    MAIL_TO_END,
                    new Codes(400, 499),
                    When.ALWAYS,
                    Fate.NEXT_HOST,
                    "RFC 5321 §4.2.1: not accepted and not final; a host that can't now is no reason not to ask the next."),
            row(
                    MAIL_TO_END,
                    new Codes(500, 599),
                    When.ALWAYS,
                    Fate.FAILED,
                    "RFC 5321 §4.2.1: 5yz to the message or the recipient is final."),
            row(
                    EnumSet.of(Step.AUTH),
                    new Codes(200, 599),
                    When.ALWAYS,
                    Fate.AUTH,
                    "Refused in any words: the credentials belong to the hop, so the mail waits for the operator."),
            row(
                    OPENING,
                    new Codes(200, 599),
                    When.ALWAYS,
                    Fate.NEXT_HOST,
                    "A host that does not serve says nothing about the message, be it 4yz or 5yz (RFC 5321 §3.1, §5.1)."),
            row(
                    EnumSet.of(Step.END_OF_DATA),
                    What.LOST,
                    Fate.DEFERRED,
                    "Nobody knows whether the message was taken; a second host might deliver it twice (RFC 1047)."),
            row(EnumSet.of(Step.END_OF_DATA), What.TIMED_OUT, Fate.DEFERRED, "The same (RFC 5321 §4.5.3.2.6)."),
            row(EnumSet.of(Step.END_OF_DATA), What.NONSENSE, Fate.DEFERRED, "The same."),
            row(
                    ANY,
                    What.NOT_BEGUN,
                    Fate.OURS,
                    "Our own trouble (a source address that is missing, no socket): it says nothing about the host."),
            row(ANY, What.UNREACHABLE, Fate.NEXT_HOST, "Nothing was taken."),
            row(ANY, What.LOST, Fate.NEXT_HOST, "Before the end of the message nothing was taken."),
            row(ANY, What.TIMED_OUT, Fate.NEXT_HOST, "The same."),
            row(ANY, What.NONSENSE, Fate.NEXT_HOST, "The same."),
            row(
                    ANY,
                    What.INSECURE,
                    Fate.NEXT_HOST,
                    "Another host may be as secure as it must be; clear text is no way out."),
            row(ANY, What.NO_LOGIN, Fate.AUTH, "We can't, or must not, log in: the mail waits for the operator."),
            row(
                    ANY,
                    What.UNABLE,
                    Fate.NOT_HERE,
                    "The message can't be carried there; sending it broken is not an option (RFC 6152 §3, RFC 6531 §3.2)."),
            row(ANY, What.UNREADABLE, Fate.UNSENT, "Our own disk; no other host changes that."));

    /** What becomes of a recipient. */
    enum Fate {
        DELIVERED("delivered", "", "healthy"),
        FAILED("failed, and the sender is told", "no", "healthy"),
        DEFERRED("deferred", "no", "healthy when it spoke, else unreachable"),
        UNSENT("deferred", "no", "nothing: the trouble is ours"),
        NEXT_HOST("deferred when no host is left", "yes", "healthy when it spoke, else unreachable"),
        BUSY("deferred when no host is left", "yes", "busy: fewer connections for a while"),
        AUTH("deferred when no host is left; an alarm is raised", "yes", "healthy when it spoke, else unreachable"),
        OURS("deferred when no host is left; an alarm is raised", "yes", "nothing: it was not asked"),
        NOT_HERE("failed when no host is left and none was out of reach, else deferred", "yes", "healthy"),
        AGAIN("sent in a transaction of its own at once, deferred when that fails", "no", "healthy");

        final String recipient;
        final String nextHost;
        final String host;

        Fate(String recipient, String nextHost, String host) {
            this.recipient = recipient;
            this.nextHost = nextHost;
            this.host = host;
        }
    }

    /** What came. */
    enum What {
        REPLIED("a reply"),
        UNREACHABLE("no connection"),
        NOT_BEGUN("this machine can't begin a connection"),
        LOST("the connection was lost"),
        TIMED_OUT("no answer in time"),
        NONSENSE("something that is no reply, or not one to what was asked"),
        INSECURE("less security than demanded"),
        NO_LOGIN("no way to log in"),
        UNABLE("the host lacks what the message needs"),
        UNREADABLE("our copy of the message can't be read");

        final String words;

        What(String words) {
            this.words = words;
        }
    }

    /** Under what condition a row counts. */
    enum When {
        ALWAYS(""),
        CONFIGURED_HOP("the host was configured, not found in DNS"),
        SOME_TAKEN("the host took the message for other recipients"),
        TOO_MANY_AFTER_SOME("the host took the message for others, and says 5.3 (too many) or no enhanced code"),
        SAYS_TOO_MANY("the enhanced code is x.5.3");

        final String words;

        When(String words) {
            this.words = words;
        }
    }

    /** A range of reply codes. */
    record Codes(int low, int high) {}

    /** One line of the table; codes and condition count for replies alone. */
    record Row(Set<Step> steps, What what, Codes codes, When when, Fate fate, String why) {}

    /**
     * Where an answer came from.
     *
     * @param host name of the host
     * @param ip its address
     * @param configured whether an operator named the host, rather than DNS
     * @param someTaken whether the host took, or may have taken, the message for others in the same transaction
     * @param handover who tells the sender of success there
     * @param policy what the connection was under
     */
    record Place(
            String host, String ip, boolean configured, boolean someTaken, Handover handover, TlsPolicy policy) {}

    private Classifier() {}

    /**
     * What an answer means.
     *
     * @param answer what came of a step
     * @param place where it came from
     */
    static Ruling judge(Answer answer, Place place) {
        for (Row row : TABLE) {
            if (fits(row, answer, place)) {
                return ruling(row.fate(), answer, place);
            }
        }
        // No row: an answer that no step can have. It is deferred, never lost.
        return ruling(Fate.DEFERRED, answer, place);
    }

    private static boolean fits(Row row, Answer answer, Place place) {
        if (!row.steps().contains(answer.step()) || row.what() != what(answer.response())) {
            return false;
        }
        if (!(answer.response() instanceof Response.Replied replied)) {
            return true;
        }
        Reply reply = replied.reply();
        return reply.code() >= row.codes().low()
                && reply.code() <= row.codes().high()
                && holds(row.when(), reply, place);
    }

    private static boolean holds(When when, Reply reply, Place place) {
        boolean says = reply.enhanced()
                .map(status -> status.subject() == 5 && status.detail() == 3)
                .orElse(false);
        return switch (when) {
            case ALWAYS -> true;
            case CONFIGURED_HOP -> place.configured();
            case SOME_TAKEN -> place.someTaken();
            case TOO_MANY_AFTER_SOME ->
                place.someTaken() && (says || reply.enhanced().isEmpty());
            case SAYS_TOO_MANY -> says;
        };
    }

    private static Ruling ruling(Fate fate, Answer answer, Place place) {
        return switch (fate) {
            case DELIVERED -> new Ruling.Settled(new Outcome.Delivered(diagnosis(2, answer, place), place.handover()));
            case FAILED -> new Ruling.Settled(new Outcome.Failed(diagnosis(5, answer, place)));
            case DEFERRED, UNSENT -> new Ruling.Settled(new Outcome.Deferred(diagnosis(4, answer, place)));
            case NEXT_HOST -> new Ruling.NextHost(diagnosis(4, answer, place), Ruling.Mood.PLAIN);
            case BUSY -> new Ruling.NextHost(diagnosis(4, answer, place), Ruling.Mood.BUSY);
            case AUTH -> new Ruling.NextHost(diagnosis(4, answer, place), Ruling.Mood.AUTH);
            case OURS -> new Ruling.NextHost(diagnosis(4, answer, place), Ruling.Mood.OURS);
            case NOT_HERE -> new Ruling.NotHere(diagnosis(5, answer, place));
            case AGAIN -> new Ruling.Again(diagnosis(4, answer, place));
        };
    }

    private static Diagnosis diagnosis(int category, Answer answer, Place place) {
        Optional<Reply> reply =
                answer.response() instanceof Response.Replied replied ? Optional.of(replied.reply()) : Optional.empty();
        ErrorKind error = category == 2 ? ErrorKind.NONE : error(answer, place.policy());
        return new Diagnosis(
                status(answer).inClass(category),
                error,
                sentence(answer, place),
                reply,
                place.host(),
                place.ip(),
                answer.step());
    }

    private static EnhancedStatus status(Answer answer) {
        return switch (answer.response()) {
            case Response.Replied(Reply reply) ->
                reply.enhanced().orElseGet(() -> supplied(answer.step(), reply.code()));
            case Response.Unreachable _ -> status(4, 1); // RFC 3463 §3.5: no answer from host
            case Response.NotBegun _ -> status(4, 0); // other or undefined network status
            case Response.TimedOut _ -> answer.step() == Step.CONNECT ? status(4, 1) : status(4, 2);
            case Response.Lost _ -> status(4, 2); // bad connection
            case Response.Nonsense _ -> status(5, 0); // other or undefined protocol status
            case Response.Insecure(String _, boolean offered, TlsFault _) -> offered ? status(7, 5) : status(7, 4);
            case Response.NoLogin _ -> status(7, 8);
            case Response.Unable(EnhancedStatus status, String _) -> status;
            case Response.Unreadable _ -> status(3, 0);
        };
    }

    /** The enhanced code for a server that gives none: what RFC 5321 §4.2.3 says the code means, in RFC 3463's terms. */
    static EnhancedStatus supplied(Step step, int code) {
        if (step == Step.AUTH && code != 421) {
            return status(7, 8);
        }
        return switch (code) {
            case 421 -> status(3, 2);
            case 450 -> step == Step.RCPT ? status(2, 0) : status(0, 0);
            case 451 -> status(3, 0);
            case 452 -> status(3, 1);
            case 454 -> status(7, 0);
            case 455, 504, 555 -> status(5, 4);
            case 500, 502 -> status(5, 1);
            case 501 -> status(5, 2);
            case 503 -> status(5, 1);
            case 521 -> status(3, 2); // RFC 7504 §3
            case 530, 534, 535, 538 -> status(7, 0);
            case 550 -> step == Step.RCPT ? status(1, 1) : status(0, 0);
            case 551 -> status(1, 6);
            case 552 -> step == Step.RCPT ? status(2, 2) : status(3, 4);
            case 553 -> step == Step.MAIL ? status(1, 7) : status(1, 3);
            case 556 -> status(1, 10); // RFC 7504 §5
            default -> status(0, 0);
        };
    }

    private static EnhancedStatus status(int subject, int detail) {
        return new EnhancedStatus(4, subject, detail);
    }

    private static What what(Response response) {
        return switch (response) {
            case Response.Replied _ -> What.REPLIED;
            case Response.Unreachable _ -> What.UNREACHABLE;
            case Response.NotBegun _ -> What.NOT_BEGUN;
            case Response.Lost _ -> What.LOST;
            case Response.TimedOut _ -> What.TIMED_OUT;
            case Response.Nonsense _ -> What.NONSENSE;
            case Response.Insecure _ -> What.INSECURE;
            case Response.NoLogin _ -> What.NO_LOGIN;
            case Response.Unable _ -> What.UNABLE;
            case Response.Unreadable _ -> What.UNREADABLE;
        };
    }

    /** One sentence on why an answer was of no use. */
    static String reason(Answer answer, Courier.Stop stop) {
        return sentence(answer, stop.place(false, Handover.FINAL));
    }

    /** Whose demand was not met. */
    private static ErrorKind insecure(TlsPolicy policy) {
        return switch (policy) {
            case TlsPolicy.Dane _, TlsPolicy.Encrypted _ -> ErrorKind.DANE;
            case TlsPolicy.Sts _ -> ErrorKind.MTA_STS;
            case TlsPolicy.Settings _, TlsPolicy.Remembered _, TlsPolicy.Testing _ -> ErrorKind.TLS;
        };
    }

    private static ErrorKind error(Answer answer, TlsPolicy policy) {
        if (answer.step() == Step.TLS) {
            return insecure(policy);
        }
        return switch (answer.response()) {
            case Response.Replied _, Response.Nonsense _, Response.Unable _, Response.NoLogin _ ->
                ErrorKind.UNEXPECTED_REPLY;
            case Response.Unreachable _, Response.Lost _, Response.TimedOut _ -> ErrorKind.CONNECTION;
            case Response.Insecure _ -> insecure(policy);
            case Response.Unreadable _, Response.NotBegun _ -> ErrorKind.IO;
        };
    }

    private static String sentence(Answer answer, Place place) {
        String host = place.host().equals(place.ip()) || place.ip().isEmpty()
                ? place.host()
                : place.host() + " [" + place.ip() + "]";
        String where = words(answer.step());
        return switch (answer.response()) {
            case Response.Replied(Reply reply) -> host + " answered " + where + " with " + reply;
            case Response.NotBegun(String why, boolean _) -> why + "; " + host + " was not asked";
            case Response.Unreachable(String why, Response.Blame _) -> "no connection to " + host + ": " + why;
            case Response.Lost(String why) -> host + ", at " + where + ": " + why + maybeTaken(answer.step());
            case Response.TimedOut(String why) -> host + ", at " + where + ": " + why + maybeTaken(answer.step());
            case Response.Nonsense(String why) -> host + ", at " + where + ": " + why + maybeTaken(answer.step());
            case Response.Insecure(String why, boolean _, TlsFault _) -> host + ": " + why;
            case Response.NoLogin(String why) -> host + ": " + why;
            case Response.Unable(EnhancedStatus _, String why) -> host + ": " + why;
            case Response.Unreadable(String why) -> "our copy of the message can't be read: " + why;
        };
    }

    private static String maybeTaken(Step step) {
        return step == Step.END_OF_DATA ? "; whether it has taken the message is not known" : "";
    }

    static String words(Step step) {
        return switch (step) {
            case ROUTE -> "routing";
            case DNS -> "DNS";
            case CONNECT -> "the connection";
            case GREETING -> "the connection";
            case EHLO -> "EHLO";
            case TLS -> "STARTTLS";
            case AUTH -> "AUTH";
            case MAIL -> "MAIL";
            case RCPT -> "RCPT";
            case DATA -> "DATA";
            case END_OF_DATA -> "the end of the message";
            case STORE -> "the store";
        };
    }

    private static Row row(Set<Step> steps, Codes codes, When when, Fate fate, String why) {
        return new Row(steps, What.REPLIED, codes, when, fate, why);
    }

    private static Row row(Set<Step> steps, What what, Fate fate, String why) {
        return new Row(steps, what, new Codes(0, 0), When.ALWAYS, fate, why);
    }
}
