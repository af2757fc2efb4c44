package dev.nexthop.store;

/**
 * A key and its value as read.
 *
 * @param key the key, the caller's to keep
 * @param value the value, the caller's to keep
 */
public record Entry(byte[] key, byte[] value) {}
