package dev.nexthop.server;

import dev.nexthop.event.AcceptedEvent;
import dev.nexthop.event.DeliveryEvent;
import dev.nexthop.event.Events;
import dev.nexthop.event.TlsEvent;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what was told. */
final class FakeEvents implements Events {
    final List<AcceptedEvent> accepted = new CopyOnWriteArrayList<>();
    final List<String> alarms = new CopyOnWriteArrayList<>();

    @Override
    public void delivery(DeliveryEvent event) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void accepted(AcceptedEvent event) {
        accepted.add(event);
    }

    @Override
    public void tls(TlsEvent event) {}

    @Override
    public void alarm(String subject, String text) {
        alarms.add(subject + ": " + text);
    }

    @Override
    public void relief(String subject, String text) {
        alarms.add("over, " + subject + ": " + text);
    }
}
