import java.util.Locale;

/**
 * What a server was like for some seconds.
 *
 * @param minute since the start, at the end of them
 * @param memory proportional set size, in MB
 * @param files open file descriptors
 * @param times from the last octet of a message to its 250, and from the moment at which it was due
 * @param rate messages a second
 * @param cpu milliseconds a message
 */
record Sample(double minute, double memory, double files, Steady.Window times, double rate, double cpu) {
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%5.1f min  %4.0f MB  %3.0f files  %.2f / %.1f / %.0f ms, from due %.1f / %.1f  %.0f/s  %.3f ms CPU/message",
                minute, memory, files, times.answer().median(), times.answer().p99(), times.answer().longest(), times.whole().p99(), times.whole().longest(), rate, cpu);
    }
}
