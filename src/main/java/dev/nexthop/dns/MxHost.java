package dev.nexthop.dns;

/**
 * One mail exchanger.
 *
 * @param preference 0 to 65535, lower first
 * @param name the host's name in lower case, without a trailing dot
 */
public record MxHost(int preference, String name) {}
