package dev.nexthop.config;

import java.util.ArrayList;
import java.util.List;

/** Makes one tree of two files. */
final class Merger {
    private final Problems problems;

    Merger(Problems problems) {
        this.problems = problems;
    }

    /** Adds the entries of a table; a key that is there already is an error, and the one that is there stays. */
    void into(Node.Table all, Node.Table more, List<String> path) {
        for (Node.Entry entry : more.entries().values()) {
            Node.Entry there = all.entries().get(entry.key());
            if (there == null) {
                all.entries().put(entry.key(), entry);
                continue;
            }
            List<String> here = new ArrayList<>(path);
            here.add(entry.key());
            if (there.node() instanceof Node.Table one && entry.node() instanceof Node.Table other) {
                into(one, other, here);
            } else if (there.node() instanceof Node.Items one
                    && entry.node() instanceof Node.Items other
                    && one.headed()
                    && other.headed()) {
                List<Node> items = new ArrayList<>(one.items());
                items.addAll(other.items());
                Node.Items joined = new Node.Items(one.at(), List.copyOf(items), true);
                all.entries().put(entry.key(), new Node.Entry(there.keyAt(), entry.key(), joined));
            } else {
                twice(there, entry, here);
            }
        }
    }

    private void twice(Node.Entry first, Node.Entry second, List<String> path) {
        problems.add(new Problem(
                Code.DUPLICATE,
                problems.source().span(second.keyAt(), second.key().length(), true),
                new KeyPath(path) + " is written twice",
                "keep one of the two",
                List.of(new Problem.Related(problems.source().origin(first.keyAt()), "first defined here"))));
    }
}
