package dev.nexthop.server;

/** Counts who works with {@link Services}, so that what is behind them is closed when they are replaced and nobody does. */
public interface Tenancy {
    /** Of services that are never closed. */
    Tenancy FOREVER = new Tenancy() {
        @Override
        public boolean enter() {
            return true;
        }

        @Override
        public void leave() {}
    };

    /**
     * Begins to work with them. Each success is followed by one {@link #leave}.
     *
     * @return false when they are closed; their successors are in place then
     */
    boolean enter();

    /** Works with them no more. */
    void leave();
}
