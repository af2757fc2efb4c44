package dev.nexthop.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The texts of all files of a configuration in one row, so that a place is one number whichever file it is in: the index of a
 * character in its file, counted on from the end of the file before. The first file begins at 0.
 */
final class Sources {
    private final List<SourceText> texts = new ArrayList<>();
    private final List<Place> places = new ArrayList<>();
    private final BitSet shared = new BitSet();
    private int next;

    /** Where a file begins, and what its relative paths begin at. */
    private record Place(int base, @Nullable Path folder) {}

    /** One text that is in no folder. */
    static Sources of(String file, String text) {
        Sources sources = new Sources();
        sources.add(new SourceText(file, text, new BitSet()), null);
        return sources;
    }

    /**
     * Takes one more file.
     *
     * @param folder what relative paths in it begin at; null for the working directory
     * @return where it begins
     */
    int add(SourceText text, @Nullable Path folder) {
        int base = next;
        texts.add(text);
        places.add(new Place(base, folder));
        next = Math.addExact(base, text.text().length() + 1);
        return base;
    }

    /** Remembers that other users of this machine may read a file, counted from 0. */
    void share(int file) {
        shared.set(file);
    }

    /** Whether other users of this machine may read what is written here. */
    boolean isShared(int at) {
        return shared.get(file(at));
    }

    /** How many characters all files have so far. */
    int length() {
        return next;
    }

    int files() {
        return texts.size();
    }

    Origin origin(int at) {
        int file = file(at);
        return texts.get(file).origin(at - places.get(file).base());
    }

    /** A span with its line; with {@code keyOnly} the line ends at the equals sign behind the place. */
    Problem.Span span(int at, int length, boolean keyOnly) {
        int file = file(at);
        return texts.get(file).span(at - places.get(file).base(), length, keyOnly);
    }

    /** A span with its line, which ends where the span begins when it is secret. */
    Problem.Span span(int at, int length, boolean keyOnly, boolean secret) {
        Problem.Span span = span(at, length, keyOnly);
        int before = span.origin().column() - 1;
        if (!secret || span.line().codePointCount(0, span.line().length()) <= before) {
            return span;
        }
        String line = span.line().substring(0, span.line().offsetByCodePoints(0, before));
        return new Problem.Span(span.origin(), length, line + "…");
    }

    /** What relative paths at this place begin at; null for the working directory. */
    @Nullable
    Path folder(int at) {
        return places.get(file(at)).folder();
    }

    /** A relative path at this place, from where this process looks. */
    Path resolve(int at, Path path) {
        Path folder = folder(at);
        return folder == null ? path : folder.resolve(path);
    }

    /** When a file was taken, for the order of problems; files that nobody took come last. */
    int order(String name) {
        for (int i = 0; i < texts.size(); i++) {
            if (texts.get(i).file().equals(name)) {
                return i;
            }
        }
        return texts.size();
    }

    private int file(int at) {
        int low = 0;
        int high = places.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (places.get(middle).base() <= at) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
