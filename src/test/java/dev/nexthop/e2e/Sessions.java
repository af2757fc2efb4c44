package dev.nexthop.e2e;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The log of a server that talks to several clients at once, taken apart.
 *
 * @param key finds in a line whose session it is of, as its first group
 * @param begin found in the first line of a session, where a key is used again
 */
record Sessions(Pattern key, Pattern begin) {
    /** The lines of the first session that contains the text; "" when there is none. */
    String with(String text, String log) {
        List<StringBuilder> sessions = new ArrayList<>();
        Map<String, StringBuilder> current = new HashMap<>();
        for (String line : (Iterable<String>) log.lines()::iterator) {
            Matcher matcher = key.matcher(line);
            if (!matcher.find()) {
                continue;
            }
            String name = matcher.group(1);
            if (!current.containsKey(name) || begin.matcher(line).find()) {
                StringBuilder session = new StringBuilder();
                sessions.add(session);
                current.put(name, session);
            }
            current.get(name).append(line).append('\n');
        }
        return sessions.stream()
                .map(StringBuilder::toString)
                .filter(session -> session.contains(text))
                .findFirst()
                .orElse("");
    }
}
