package dev.nexthop.expr;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compiles the calls that ask, or tell, a directory, a store, DNS or a next hop. Each asks once for each evaluation. */
final class Questions {
    private static final Operand NOTHING = new Operand(new Constant(Value.Text.EMPTY), 0, 0);

    private Questions() {}

    /** What is asked of a store or directory. */
    private interface Question {
        Value ask(Lookups lookups, String id, String about, Value more) throws LookupException;
    }

    /** A call whose first argument is the id of a directory or store. */
    private static final class Asking extends Call {
        private final String function;
        private final Question question;
        private final Node id;
        private final Node about;
        private final Node more;

        Asking(Invocation call, Type type, Question question, Operand... arguments) {
            super(call.label(), type, arguments[0].node(), arguments[1].node(), arguments[2].node());
            this.function = name(call);
            this.question = question;
            this.id = arguments[0].node();
            this.about = arguments[1].node();
            this.more = arguments[2].node();
        }

        @Override
        Value compute(Evaluation evaluation) throws EvaluationException {
            String where = Functions.text(evaluation, id);
            String what = Functions.text(evaluation, about);
            Value with = more.evaluate(evaluation);
            try {
                return bounded(question.ask(evaluation.lookups, where, what, with));
            } catch (LookupException e) {
                throw EvaluationException.lookup(
                        function + "(…, '" + Value.of(what).describe() + "')", e);
            }
        }
    }

    /** An answer may be no larger than a value that is computed. */
    private static Value bounded(Value answer) throws EvaluationException {
        if (answer instanceof Value.Text(String text) && text.length() > Arithmetic.MAX_TEXT) {
            throw EvaluationException.tooLarge("an answer has more than " + Arithmetic.MAX_TEXT + " characters");
        }
        if (answer instanceof Value.Array(List<Value> items) && items.size() > Arithmetic.MAX_ITEMS) {
            throw EvaluationException.tooLarge("an answer has more than " + Arithmetic.MAX_ITEMS + " items");
        }
        return answer;
    }

    private static String name(Invocation call) {
        String label = call.label();
        int end = label.indexOf('(');
        return end < 0 ? label : label.substring(0, end).strip();
    }

    private static Node directory(Invocation call, Question question) {
        boolean named = call.arguments().size() == 2;
        if (named) {
            call.names(Named.Kind.DIRECTORY, call.argument(0));
        }
        Operand directory = named ? call.argument(0) : NOTHING;
        Operand about = call.arguments().getLast();
        return new Asking(call, Type.BOOLEAN, question, directory, about, NOTHING);
    }

    private static Node store(Invocation call, Type type, Question question) {
        call.names(Named.Kind.STORE, call.argument(0));
        Operand more = call.arguments().size() > 2 ? call.argument(2) : NOTHING;
        return new Asking(call, type, question, call.argument(0), call.argument(1), more);
    }

    static Node isLocalDomain(Invocation call) {
        return directory(call, (lookups, id, domain, _) -> Value.of(lookups.isLocalDomain(id, domain)));
    }

    static Node isLocalAddress(Invocation call) {
        return directory(call, (lookups, id, address, _) -> Value.of(lookups.isLocalAddress(id, address)));
    }

    static Node keyGet(Invocation call) {
        return store(call, Type.ANY, (lookups, id, key, _) -> {
            String found = lookups.keyGet(id, key);
            return found == null ? Value.Text.EMPTY : Value.of(found);
        });
    }

    static Node keyExists(Invocation call) {
        return store(call, Type.BOOLEAN, (lookups, id, key, _) -> Value.of(lookups.keyExists(id, key)));
    }

    static Node keySet(Invocation call) {
        return store(call, Type.BOOLEAN, (lookups, id, key, value) -> {
            lookups.keySet(id, key, value.asText());
            return Value.of(true);
        });
    }

    static Node counterGet(Invocation call) {
        return store(call, Type.INTEGER, (lookups, id, key, _) -> Value.of(lookups.counterGet(id, key)));
    }

    static Node counterIncrement(Invocation call) {
        return store(
                call,
                Type.INTEGER,
                (lookups, id, key, by) -> Value.of(lookups.counterIncrement(id, key, Functions.whole(by))));
    }

    /** One text of many records is their lines, so that no word reaches from one into the next. */
    private static Value records(RecordType type, List<String> records) {
        Value list = Value.ofTexts(records);
        return type == RecordType.TXT ? Value.of(list.asText()) : list;
    }

    static Node dnsQuery(Invocation call) {
        Operand written = call.argument(1);
        String word = written.known();
        RecordType known = word == null ? null : RecordType.of(word);
        if (word != null && known == null) {
            return call.refuse(written, noRecord(word), recordMeant(word));
        }
        Type type = known == null ? Type.ANY : known == RecordType.TXT ? Type.TEXT : Type.ARRAY;
        return new Asking(
                call,
                type,
                (lookups, _, name, record) -> {
                    RecordType asked = known == null ? RecordType.of(record.asText()) : known;
                    if (asked == null) {
                        throw new LookupException(noRecord(record.describe()));
                    }
                    return records(asked, lookups.dnsQuery(name, asked));
                },
                NOTHING,
                call.argument(0),
                written);
    }

    private static String noRecord(String word) {
        return "'" + word + "' is no record that dns_query knows: " + RecordType.all();
    }

    private static @Nullable String recordMeant(String word) {
        String meant = switch (word) {
            case "a", "A" -> "ipv4";
            case "aaaa", "AAAA" -> "ipv6";
            default -> Names.nearest(word, RecordType.words());
        };
        return meant == null ? null : "'" + meant + "'";
    }

    /** The statement is the configuration's: one that facts had a part in would take for SQL what a sender wrote. */
    static Node sqlQuery(Invocation call) {
        Operand written = call.argument(1);
        if (written.literal() == null) {
            return written.broken()
                    ? written.node()
                    : call.refuse(
                            written,
                            "the statement must be a text in quotes, always the same; write ? where a value goes, and"
                                    + " the value as an argument");
        }
        call.names(Named.Kind.SQL_STORE, call.argument(0));
        List<Operand> rest = call.arguments().subList(2, call.arguments().size());
        Node arguments = new Nodes.ListOf(rest.stream().map(Operand::node).toArray(Node[]::new));
        Operand all = new Operand(arguments, call.start(), call.end());
        return new Asking(
                call,
                Type.ANY,
                (lookups, id, statement, values) -> lookups.sqlQuery(id, statement, flat(values)),
                call.argument(0),
                call.argument(1),
                all);
    }

    /** Arguments may come one by one, in a list, or both. */
    private static List<Value> flat(Value arguments) {
        List<Value> flat = new ArrayList<>();
        if (arguments instanceof Value.Array(List<Value> values)) {
            for (Value value : values) {
                if (value instanceof Value.Array(List<Value> items)) {
                    flat.addAll(items);
                } else {
                    flat.add(value);
                }
            }
        }
        return flat;
    }

    static Node hopUp(Invocation call) {
        Operand hop = call.argument(0);
        String id = hop.known();
        if (id != null && !call.context().scope().hopIds().contains(id)) {
            TreeSet<String> defined = new TreeSet<>(call.context().scope().hopIds());
            String nearest = Names.nearest(id, defined);
            return call.refuse(
                    hop,
                    "no next hop '" + Value.of(id).describe() + "' is defined; defined: "
                            + (defined.isEmpty() ? "none" : String.join(", ", defined)),
                    nearest == null ? null : "'" + nearest + "'");
        }
        call.names(Named.Kind.HOP, hop);
        return new Asking(
                call, Type.BOOLEAN, (lookups, _, name, _) -> Value.of(lookups.hopUp(name)), NOTHING, hop, NOTHING);
    }
}
