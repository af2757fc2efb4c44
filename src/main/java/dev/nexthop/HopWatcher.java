package dev.nexthop;

import dev.nexthop.delivery.HopHealth;
import dev.nexthop.event.Events;
import java.util.function.Consumer;

/**
 * Tells the operator of hosts that go down and come back, and the queue of those that are back.
 *
 * @param events hears of both
 * @param waker hears the ids of those that are back
 */
record HopWatcher(Events events, Consumer<String> waker) implements HopHealth.Watcher {
    private static final String SUBJECT = "hop";

    @Override
    public void down(String hop, String text) {
        events.alarm(SUBJECT, text);
    }

    @Override
    public void up(String hop, String text) {
        events.relief(SUBJECT, text);
        waker.accept(hop);
    }
}
