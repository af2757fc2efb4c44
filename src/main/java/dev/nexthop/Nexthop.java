package dev.nexthop;

/** The program. */
public final class Nexthop {
    private Nexthop() {}

    /**
     * Runs one command.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(args.length == 0 ? 2 : 0);
    }
}
