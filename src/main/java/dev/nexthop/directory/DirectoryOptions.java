package dev.nexthop.directory;

/**
 * How addresses are understood.
 *
 * @param subAddressing whether mail for {@code user+detail} goes to {@code user} when nobody has the whole address
 *     (RFC 5233 §1)
 * @param catchAll whether {@code @domain} addresses are served
 */
public record DirectoryOptions(boolean subAddressing, boolean catchAll) {
    /** Both on. */
    public static final DirectoryOptions DEFAULT = new DirectoryOptions(true, true);
}
