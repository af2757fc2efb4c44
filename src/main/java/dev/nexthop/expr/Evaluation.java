package dev.nexthop.expr;

import com.google.re2j.Matcher;
import org.jspecify.annotations.Nullable;

/** One evaluation of the rules of one setting: the facts, the look-ups and the captures of the last {@code matches}. One thread. */
public final class Evaluation {
    private final Facts facts;
    final Lookups lookups;
    private @Nullable Matcher match;
    private @Nullable Recording recording;

    /**
     * A fresh evaluation, without captures.
     *
     * @param facts what is known
     * @param lookups who answers look-ups
     */
    public Evaluation(Facts facts, Lookups lookups) {
        this.facts = facts;
        this.lookups = lookups;
    }

    Value fact(Variable variable) {
        Value value = facts.value(variable);
        return value == null ? Value.Text.EMPTY : value;
    }

    /** Keeps the groups of a match; null = the last {@code matches} found nothing. */
    void capture(@Nullable Matcher found) {
        match = found;
        if (recording != null) {
            recording.captured(found);
        }
    }

    /** The text of a group; empty when there was no match, no such group, or it took no part. */
    Value group(int number) {
        Matcher found = match;
        if (found == null || number > found.groupCount()) {
            return Value.Text.EMPTY;
        }
        String text = found.group(number);
        return text == null ? Value.Text.EMPTY : Value.of(text);
    }

    boolean tracing() {
        return recording != null;
    }

    /** Begins to write down what is read, until {@link #stopRecording}. */
    Recording record(Hidden hidden) {
        Recording fresh = new Recording(hidden);
        recording = fresh;
        return fresh;
    }

    void stopRecording() {
        recording = null;
    }

    void operand(String name, String value) {
        if (recording != null) {
            recording.operand(name, value);
        }
    }

    /** Writes down how a part of a chain came out. */
    void judged(Node part, boolean truth) {
        if (recording != null) {
            recording.judged(part, truth);
        }
    }
}
