package dev.nexthop.schedule;

import dev.nexthop.limit.Claim;
import dev.nexthop.limit.ThrottleSettings;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds, at the start, the throttles that mail waits for and that are gone since, or have other numbers. One thread uses it. */
final class Outdated {
    private final List<ThrottleSettings> inForce;
    private final Set<String> ids = new HashSet<>();

    Outdated(List<ThrottleSettings> inForce) {
        this.inForce = inForce;
    }

    /** Looks at what a message waits for. */
    void look(QueuedMessage message) {
        for (RecipientState state : message.recipients()) {
            if (Turnstile.waitsForRate(state) && ids.size() < Errand.MOST) {
                look(state.last().orElseThrow().diagnosis().reason());
            }
        }
    }

    private void look(String reason) {
        String id = Claim.throttleOf(reason);
        if (!id.isEmpty() && inForce.stream().noneMatch(throttle -> Claim.isOf(reason, throttle))) {
            ids.add(id);
        }
    }

    /** Their ids. */
    Set<String> ids() {
        return ids;
    }
}
