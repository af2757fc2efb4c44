package dev.nexthop.dns;

import org.xbill.DNS.Name;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** Finds out whether signatures are looked at: by a name that is signed, and one whose signatures are broken. */
final class SelfTest {
    private final Lookups lookups;
    private final DnssecSettings settings;

    SelfTest(Lookups lookups, DnssecSettings settings) {
        this.lookups = lookups;
        this.settings = settings;
    }

    /** Asks the servers, not the cache; takes at most two look-ups. */
    Verdict run() {
        if (settings.signed().isEmpty() && settings.bogus().isEmpty()) {
            return new Verdict.Untested("resolver.self-test.signed and resolver.self-test.bogus are both empty");
        }
        Verdict signed = settings.signed().isEmpty() ? new Verdict.Able() : signed(settings.signed());
        Verdict bogus = settings.bogus().isEmpty() ? new Verdict.Able() : bogus(settings.bogus());
        if (bogus instanceof Verdict.Unable) {
            return bogus;
        }
        return signed instanceof Verdict.Able ? bogus : signed;
    }

    private Verdict signed(String name) {
        RawAnswer answer = ask(name, Type.SOA);
        return switch (answer.security()) {
            case SECURE -> new Verdict.Able();
            case INSECURE ->
                new Verdict.Unable("the resolver does not validate: its answer for the signed name " + name
                        + " is not marked as secure");
            case INDETERMINATE ->
                answer instanceof RawAnswer.Trouble trouble
                        ? new Verdict.Untested("the signed name " + name + " was not answered: " + trouble.reason())
                        : unbelieved("signed", name);
            case BOGUS ->
                new Verdict.Unable("the signed name " + name + " is taken for bogus: are the clock, the"
                        + " trust anchors, and the DNS servers right? (" + reason(answer) + ")");
        };
    }

    private Verdict bogus(String name) {
        RawAnswer answer = ask(name, Type.A);
        return switch (answer) {
            case RawAnswer.Records records ->
                records.security() == Security.INDETERMINATE
                        ? unbelieved("bogus", name)
                        : new Verdict.Unable("the resolver does not validate: it answers for " + name
                                + ", whose signatures are broken on purpose");
            case RawAnswer.NoName _, RawAnswer.NoData _ ->
                new Verdict.Untested("the bogus name " + name + " has no address any more; resolver.self-test.bogus"
                        + " wants another");
            // With a signed name that is secure, a refusal for whatever reason is no sign of credulity.
            case RawAnswer.Trouble trouble ->
                trouble.security() == Security.BOGUS || !settings.signed().isEmpty()
                        ? new Verdict.Able()
                        : new Verdict.Untested("the bogus name " + name + " was not answered: " + trouble.reason());
        };
    }

    /** Who answers without being believed says nothing about those who are. */
    private static Verdict unbelieved(String kind, String name) {
        return new Verdict.Untested(
                "the " + kind + " name " + name + " was answered, but not by a server that is believed");
    }

    private static String reason(RawAnswer answer) {
        return answer instanceof RawAnswer.Trouble trouble ? trouble.reason() : "";
    }

    private RawAnswer ask(String name, int type) {
        try {
            return lookups.anew(new Question(Name.fromString(name, Name.root), type), lookups.deadline());
        } catch (TextParseException e) {
            return new RawAnswer.Trouble("'" + name + "' is not a name that DNS can hold");
        }
    }
}
