package dev.nexthop;

import dev.nexthop.event.Events;
import dev.nexthop.limit.Quotas;
import dev.nexthop.queue.Change;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.SpoolWatch;

/**
 * Tells of damage in the spool, and has counted again what comes out of quarantine.
 *
 * @param events hears of damage
 * @param quotas count
 */
record QuotaWatch(Events events, Quotas quotas) implements SpoolWatch {
    @Override
    public void damaged(String text) {
        events.alarm("spool", text);
    }

    @Override
    public void restored(QueuedMessage message) {
        quotas.restored(message);
    }

    @Override
    public void overtaken(Change newest) {
        quotas.changed(newest);
    }
}
