package dev.nexthop.expr;

import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The names that an expression of one setting may use.
 *
 * @param variables the variables that have a value there
 * @param words bare words with a fixed value, such as {@code optional} and {@code require}
 * @param hopIds bare words that mean themselves: the ids of the next hops, and {@code local}
 * @param settings who answers {@code config_get}
 */
public record Scope(Set<Variable> variables, Map<String, Value> words, Set<String> hopIds, Settings settings) {
    /** Copies the sets. */
    public Scope {
        EnumSet<Variable> known = EnumSet.noneOf(Variable.class);
        known.addAll(variables);
        variables = Collections.unmodifiableSet(known);
        words = Collections.unmodifiableMap(new LinkedHashMap<>(words));
        hopIds = HopIds.of(hopIds);
    }

    /** The ids of the next hops, arranged for the reading of many expressions. */
    HopIds hops() {
        return HopIds.of(hopIds);
    }

    /**
     * Arranges the ids of next hops once for all settings that may name them.
     *
     * @param ids the ids
     * @return the same ids, unmodifiable; a scope takes this set as it is
     */
    public static Set<String> arranged(Set<String> ids) {
        return HopIds.of(ids);
    }

    /**
     * Names without settings.
     *
     * @param variables the variables that have a value there
     * @param words bare words with a fixed value
     * @param hopIds the ids of the next hops
     */
    public Scope(Set<Variable> variables, Map<String, Value> words, Set<String> hopIds) {
        this(variables, words, hopIds, Settings.NONE);
    }

    /**
     * Variables only.
     *
     * @param variables the variables that have a value
     * @return the scope
     */
    public static Scope of(Set<Variable> variables) {
        return new Scope(variables, Map.of(), Set.of());
    }

    /**
     * The same scope with bare words that stand for their own text, as {@link Conversion#words} reads them.
     *
     * @param more the words
     * @return the wider scope
     */
    public Scope withWords(Set<String> more) {
        Map<String, Value> all = new LinkedHashMap<>(words);
        more.forEach(word -> all.put(word, Value.of(word)));
        return new Scope(variables, all, hopIds, settings);
    }

    /**
     * The same scope with these next hops.
     *
     * @param ids the ids of the next hops
     * @return the scope
     */
    public Scope withHopIds(Set<String> ids) {
        return new Scope(variables, words, ids, settings);
    }

    /**
     * The same scope with these settings.
     *
     * @param readable who answers {@code config_get}
     * @return the scope
     */
    public Scope withSettings(Settings readable) {
        return new Scope(variables, words, hopIds, readable);
    }
}
