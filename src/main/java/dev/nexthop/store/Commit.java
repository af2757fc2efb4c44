package dev.nexthop.store;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Edits that are written together or not at all.
 *
 * @param edits in order
 * @param durable whether the write must be on stable storage before {@code done} completes
 * @param done completes when written
 * @param weight the sum of the weights of the edits
 */
record Commit(List<Edit> edits, boolean durable, CompletableFuture<Void> done, long weight) {
    static Commit of(List<Edit> edits, boolean durable) {
        long weight = Edit.OVERHEAD;
        for (Edit edit : edits) {
            weight += edit.weight();
        }
        return new Commit(List.copyOf(edits), durable, new CompletableFuture<>(), weight);
    }
}
