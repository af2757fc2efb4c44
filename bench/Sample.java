import java.util.Locale;

/**
 * What a server was like for some seconds.
 *
 * @param minute since the start, at the end of them
 * @param memory proportional set size, in MB
 * @param files open file descriptors
 * @param times from the last octet of a message to its 250
 * @param rate messages a second
 * @param cpu milliseconds a message
 */
record Sample(double minute, double memory, double files, Latency.Times times, double rate, double cpu) {
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%5.1f min  %4.0f MB  %3.0f files  %.2f / %.1f / %.0f ms  %.0f/s  %.3f ms CPU/message",
                minute, memory, files, times.median(), times.p99(), times.longest(), rate, cpu);
    }
}
