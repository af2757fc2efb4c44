package dev.nexthop.store;

/**
 * How the committer fared since the database was opened.
 *
 * @param commits commits written
 * @param writes batches that carried them
 * @param synced batches that were synced because a commit asked for it
 */
public record CommitCounts(long commits, long writes, long synced) {}
