package dev.nexthop.event;

import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.Reception;
import java.util.concurrent.atomic.LongAdder;

/** Counts what happened since the start and passes it on. */
public final class Counters implements Events {
    private final Events next;
    private final LongAdder accepted = new LongAdder();
    private final LongAdder delivered = new LongAdder();
    private final LongAdder deferred = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder bounced = new LongAdder();
    private final LongAdder alarms = new LongAdder();
    private final LongAdder tlsGood = new LongAdder();
    private final LongAdder tlsFailed = new LongAdder();

    /**
     * Counters in front of a log.
     *
     * @param next who is told as well
     */
    public Counters(Events next) {
        this.next = next;
    }

    /**
     * The counts at one moment.
     *
     * @param accepted messages taken from clients
     * @param delivered recipients taken over by a next hop or the store
     * @param deferred attempts that ended with "not now", each recipient counted
     * @param failed recipients given up
     * @param bounced notifications queued for senders: bounces and delay notices
     * @param alarms calls for an operator
     */
    public record Snapshot(long accepted, long delivered, long deferred, long failed, long bounced, long alarms) {}

    /**
     * Connections to MX hosts at one moment.
     *
     * @param good as their policy wants them
     * @param failed not so, or not made
     */
    public record Connections(long good, long failed) {}

    /** The connections up to now. */
    public Connections connections() {
        return new Connections(tlsGood.sum(), tlsFailed.sum());
    }

    /** The counts now; those of events that happen meanwhile may be missing. */
    public Snapshot snapshot() {
        return new Snapshot(accepted.sum(), delivered.sum(), deferred.sum(), failed.sum(), bounced.sum(), alarms.sum());
    }

    @Override
    public void delivery(DeliveryEvent event) {
        LongAdder counter = switch (event.outcome()) {
            case Outcome.Delivered ignored -> delivered;
            case Outcome.Deferred ignored -> deferred;
            case Outcome.Failed ignored -> failed;
        };
        counter.increment();
        next.delivery(event);
    }

    @Override
    public void accepted(AcceptedEvent event) {
        boolean ours = event.listener().equals(Reception.INTERNAL.listener());
        if (!ours) {
            accepted.increment();
        } else if (event.sender().isEmpty()) {
            bounced.increment(); // reports of ours have a sender
        }
        next.accepted(event);
    }

    @Override
    public void tls(TlsEvent event) {
        (event.fault().isEmpty() ? tlsGood : tlsFailed).increment();
        next.tls(event);
    }

    @Override
    public void alarm(String subject, String text) {
        alarms.increment();
        next.alarm(subject, text);
    }

    @Override
    public void relief(String subject, String text) {
        next.relief(subject, text);
    }
}
