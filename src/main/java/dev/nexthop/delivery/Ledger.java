package dev.nexthop.delivery;

import dev.nexthop.event.DeliveryEvent.Delays;
import dev.nexthop.limit.Refusal;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.Step;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.tls.TlsVerdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The books of one attempt: who is settled, what troubled the others last, and where the time went. One thread. */
final class Ledger {
    private final Instant begun;
    private final @Nullable Outcome[] outcomes;
    private final @Nullable Diagnosis[] troubles;
    private final @Nullable Diagnosis[] lacks;
    /** Who waits for the throttle of a host. */
    private final Map<Integer, Refusal> refusals = new HashMap<>();
    /** Who may not go to the host in hand. */
    private final BitSet barred = new BitSet();

    private HopVerdict verdict = new HopVerdict.Healthy();
    private TlsVerdict tls = new TlsVerdict.Clear();
    private boolean reached;
    private Impression impression = Impression.NONE;
    private @Nullable Diagnosis loss;
    private long connecting;
    private long securing;
    private long sending;

    /** What an attempt learned of one host. */
    enum Impression {
        /** Nothing: it was not tried. */
        NONE,
        /** No address of it was of use. */
        LOST,
        /** It spoke about the message. */
        HEARD
    }

    Ledger(int recipients, Instant begun) {
        this.begun = begun;
        outcomes = new Outcome[recipients];
        troubles = new Diagnosis[recipients];
        lacks = new Diagnosis[recipients];
    }

    /** When the attempt began: who is late from then on, and not before, is not told so by us. */
    Instant begun() {
        return begun;
    }

    /** Indexes of the recipients that still need a host. */
    List<Integer> pending() {
        List<Integer> pending = new ArrayList<>(outcomes.length);
        for (int i = 0; i < outcomes.length; i++) {
            if (outcomes[i] == null && !barred.get(i)) {
                pending.add(i);
            }
        }
        return pending;
    }

    boolean settled() {
        for (Outcome outcome : outcomes) {
            if (outcome == null) {
                return false;
            }
        }
        return true;
    }

    void settle(int recipient, Outcome outcome) {
        if (outcomes[recipient] == null) {
            outcomes[recipient] = outcome;
        }
    }

    void settleAll(Outcome outcome) {
        pending().forEach(i -> settle(i, outcome));
    }

    /** Some may not go to the host in hand, because of a throttle; the first to let them go says when to come again. */
    void bar(List<Integer> recipients, Refusal refusal) {
        for (int recipient : recipients) {
            barred.set(recipient);
            refusals.merge(recipient, refusal, Ledger::sooner);
        }
    }

    /** Whoever was barred may go to the next host. */
    void unbar() {
        barred.clear();
    }

    private static Refusal sooner(Refusal one, Refusal other) {
        if (one instanceof Refusal.Later first && other instanceof Refusal.Later second) {
            return second.until().isBefore(first.until()) ? second : first;
        }
        return one instanceof Refusal.Busy ? one : other;
    }

    /** Why the last host was of no use to a recipient. */
    void trouble(int recipient, Diagnosis diagnosis) {
        troubles[recipient] = diagnosis;
    }

    /** What the last host lacked to carry the message to a recipient. */
    void lack(int recipient, Diagnosis diagnosis) {
        lacks[recipient] = diagnosis;
    }

    /** A host was of no use to anybody. */
    void troubleAll(Diagnosis diagnosis) {
        pending().forEach(i -> trouble(i, diagnosis));
        lost(diagnosis);
    }

    /**
     * A host was not asked, for trouble of our own or because the policy of its domain shuts it out for this message: nothing is
     * learned of it.
     */
    void notAsked(Diagnosis diagnosis) {
        pending().forEach(i -> trouble(i, diagnosis));
    }

    /** A host said nothing about anybody. */
    void lost(Diagnosis diagnosis) {
        if (impression == Impression.NONE) {
            impression = Impression.LOST;
        }
        loss = diagnosis;
        if (!reached) {
            verdict = new HopVerdict.Unreachable(diagnosis);
        }
    }

    /** A host took a transaction, or refused this one for reasons of its own. */
    void healthy() {
        reached = true;
        impression = Impression.HEARD;
        verdict = new HopVerdict.Healthy();
    }

    /** A host asks to be left alone. */
    void busy(Diagnosis diagnosis) {
        reached = true;
        impression = Impression.HEARD;
        verdict = new HopVerdict.Busy(diagnosis);
    }

    /** Another host is tried. */
    void nextHost() {
        impression = Impression.NONE;
    }

    /** What was learned of the host that was tried last. */
    Impression impression() {
        return impression;
    }

    /** Why an address was of no use, the last time there was one; null when each was. */
    @Nullable
    Diagnosis loss() {
        return loss;
    }

    void tls(TlsVerdict verdictOnConnection) {
        tls = verdictOnConnection;
    }

    void connectTook(long nanos) {
        connecting += nanos;
    }

    /** Of connecting, what TLS took. */
    void secureTook(long nanos) {
        securing += nanos;
    }

    /** Nanoseconds of TLS handshakes. */
    long securing() {
        return securing;
    }

    void sendTook(long nanos) {
        sending += nanos;
    }

    /**
     * Closes the books: who is still pending is deferred for the last trouble, unless every host that was tried lacks
     * what the message needs.
     */
    Attempt close() {
        List<Outcome> all = new ArrayList<>(outcomes.length);
        for (int i = 0; i < outcomes.length; i++) {
            Outcome outcome = outcomes[i];
            all.add(outcome == null ? open(troubles[i], lacks[i]) : outcome);
        }
        Delays delays = new Delays(Duration.ZERO, Duration.ofNanos(connecting), Duration.ofNanos(sending));
        return new Attempt(all, verdict, tls, delays, waiting());
    }

    /** Who is not settled, waits for a throttle and has no answer of a host. */
    private Map<Integer, Refusal> waiting() {
        if (refusals.isEmpty()) {
            return Map.of();
        }
        Map<Integer, Refusal> waiting = new HashMap<>(refusals);
        waiting.keySet().removeIf(i -> {
            Diagnosis trouble = troubles[i];
            return outcomes[i] != null || trouble != null && trouble.reply().isPresent();
        });
        return waiting;
    }

    private static Outcome open(@Nullable Diagnosis trouble, @Nullable Diagnosis lack) {
        if (trouble == null && lack != null) {
            return new Outcome.Failed(lack);
        }
        return new Outcome.Deferred(
                trouble != null
                        ? trouble
                        : Diagnosis.local(
                                new EnhancedStatus(4, 4, 0), ErrorKind.DNS, "no host is left to try", Step.DNS));
    }
}
