package dev.nexthop.schedule;

/** Where the rules in force are to be had. */
@FunctionalInterface
public interface Rulebook {
    /**
     * The newest rules. Whoever opens them closes them, after a bounded time.
     *
     * @return rules that can be used until they are closed, whatever is in force by then
     */
    Ruleset open();
}
