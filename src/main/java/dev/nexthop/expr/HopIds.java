package dev.nexthop.expr;

import java.util.AbstractSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The ids of next hops, unmodifiable, and those among them that hold characters that no other word has, by their length. */
final class HopIds extends AbstractSet<String> {
    private final Set<String> all;
    private final Set<String> odd = new HashSet<>();
    private final TreeSet<Integer> lengths = new TreeSet<>(Comparator.reverseOrder());

    private HopIds(Set<String> ids) {
        this.all = Collections.unmodifiableSet(new LinkedHashSet<>(ids));
        for (String id : all) {
            int plain = 0;
            while (plain < id.length() && Lexer.isWordPart(id.charAt(plain))) {
                plain++;
            }
            if (plain < id.length() && !id.isBlank() && Names.variable(id.substring(0, plain)) == null) {
                odd.add(id);
                lengths.add(id.length());
            }
        }
    }

    static HopIds of(Set<String> ids) {
        return ids instanceof HopIds known ? known : new HopIds(ids);
    }

    /** The longest of the odd ids that is written at a place and ends there; null = none is. */
    @Nullable
    String longest(String source, int at) {
        for (int length : lengths) {
            int end = at + length;
            boolean ends = end == source.length()
                    || end < source.length() && !Lexer.isWordPart(source.charAt(end)) && source.charAt(end) != '-';
            if (ends) {
                String word = source.substring(at, end);
                if (odd.contains(word)) {
                    return word;
                }
            }
        }
        return null;
    }

    @Override
    public boolean contains(@Nullable Object id) {
        return all.contains(id);
    }

    @Override
    public Iterator<String> iterator() {
        return all.iterator();
    }

    @Override
    public int size() {
        return all.size();
    }
}
