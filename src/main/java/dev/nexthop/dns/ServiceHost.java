package dev.nexthop.dns;

/**
 * One place of a service (RFC 2782).
 *
 * @param priority 0 to 65535, lower first
 * @param weight 0 to 65535, the share among those of the same priority
 * @param port 1 to 65535
 * @param name the host's name in lower case, without a trailing dot
 */
public record ServiceHost(int priority, int weight, int port, String name) {}
