package dev.nexthop.queue;

import java.nio.file.Path;

/**
 * How the spool keeps mail.
 *
 * @param path its folder, made when missing
 * @param memoryBody bodies up to this many octets stay in memory and in the database; larger ones are files
 * @param reserve octets of free disk below which no mail is taken
 */
public record SpoolSettings(Path path, int memoryBody, long reserve) {
    /** Default of {@link #memoryBody}: 64 KiB. */
    public static final int DEFAULT_MEMORY_BODY = 64 * 1024;

    /** Default of {@link #reserve}: 64 MiB. */
    public static final long DEFAULT_RESERVE = 64L * 1024 * 1024;
}
