package dev.nexthop.report;

import dev.nexthop.event.AcceptedEvent;
import dev.nexthop.event.DeliveryEvent;
import dev.nexthop.event.Events;
import dev.nexthop.event.TlsEvent;

/**
 * Puts sessions down in the ledger and passes everything on.
 *
 * @param ledger counts sessions
 * @param next who is told of everything
 */
public record LedgerEvents(TlsLedger ledger, Events next) implements Events {
    @Override
    public void delivery(DeliveryEvent event) {
        next.delivery(event);
    }

    @Override
    public void accepted(AcceptedEvent event) {
        next.accepted(event);
    }

    @Override
    public void tls(TlsEvent event) {
        ledger.add(event);
        next.tls(event);
    }

    @Override
    public void alarm(String subject, String text) {
        next.alarm(subject, text);
    }

    @Override
    public void relief(String subject, String text) {
        next.relief(subject, text);
    }
}
