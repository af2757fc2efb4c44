package dev.nexthop.e2e;

import java.util.Map;
import java.util.TreeMap;

/** Names for ports and paths of one test; a text has them as {@code @name@}. */
final class Places {
    private final Map<String, String> places = new TreeMap<>();

    /** Gives a name to a path, or to whatever else is known only when the test runs. */
    Places with(String name, Object place) {
        places.put(name, place.toString());
        return this;
    }

    /** The port of that name: a free one, the first time. */
    int port(String name) {
        return Integer.parseInt(places.computeIfAbsent(name, _ -> Integer.toString(Ports.free())));
    }

    /** Names free ports. */
    Places ports(String... names) {
        for (String name : names) {
            port(name);
        }
        return this;
    }

    /** The text with every name replaced by its place. */
    String fill(String text) {
        String filled = text;
        for (Map.Entry<String, String> place : places.entrySet()) {
            filled = filled.replace("@" + place.getKey() + "@", place.getValue());
        }
        return filled;
    }
}
