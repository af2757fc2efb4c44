package dev.nexthop.store;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Edits that are written together or not at all.
 *
 * @param edits in order
 * @param promise what holds when {@code done} completes
 * @param done completes when written
 * @param weight the sum of the weights of the edits
 */
record Commit(List<Edit> edits, Promise promise, CompletableFuture<Void> done, long weight) {
    static Commit of(List<Edit> edits, Promise promise) {
        long weight = Edit.OVERHEAD;
        for (Edit edit : edits) {
            weight += edit.weight();
        }
        return new Commit(List.copyOf(edits), promise, new CompletableFuture<>(), weight);
    }

    /** Whether it must be on stable storage before {@code done} completes. */
    boolean durable() {
        return promise == Promise.SYNCED || promise == Promise.SYNCED_SOON;
    }

    /** Whether somebody waits for it. */
    boolean urgent() {
        return promise == Promise.SYNCED || promise == Promise.WRITTEN;
    }
}
