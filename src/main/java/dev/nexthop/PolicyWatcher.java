package dev.nexthop;

import dev.nexthop.event.Events;
import dev.nexthop.smtp.Domain;
import dev.nexthop.sts.PolicyCache;
import java.util.function.Consumer;

/**
 * Tells the operator of MTA-STS policies that can't be renewed, and the queue of those that are new.
 *
 * @param events hears of trouble
 * @param releaser hears the domains whose policy is new
 */
record PolicyWatcher(Events events, Consumer<Domain> releaser) implements PolicyCache.Watcher {
    private static final String SUBJECT = "mta-sts";

    @Override
    public void changed(Domain domain) {
        releaser.accept(domain);
    }

    @Override
    public void failing(Domain domain, String text) {
        events.alarm(SUBJECT, text);
    }
}
