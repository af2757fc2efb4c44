package dev.nexthop.directory;

import java.util.List;

/**
 * Somebody who has mail here.
 *
 * @param name the name to log in with, unique in the directory
 * @param description words for people, possibly empty
 * @param addresses every address, the main one first
 */
public record Account(String name, String description, List<String> addresses) {
    /** Copies the list. */
    public Account {
        addresses = List.copyOf(addresses);
    }
}
