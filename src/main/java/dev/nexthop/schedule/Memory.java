package dev.nexthop.schedule;

import java.util.LinkedHashMap;
import java.util.Map;

/** A map that forgets what was put first when it holds too much. */
final class Memory<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1;

    private final int most;

    /**
     * An empty one.
     *
     * @param most entries
     */
    Memory(int most) {
        this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > most;
    }
}
