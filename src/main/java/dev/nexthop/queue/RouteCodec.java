package dev.nexthop.queue;

import dev.nexthop.mail.RouteTrace;
import dev.nexthop.mail.RuleStep;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.RecordReader;
import dev.nexthop.store.RecordWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The stored form of the traces of one record. Recipients of a message mostly meet the same rules with the same values: a rule
 * that came before is a reference to it. One for each record.
 */
final class RouteCodec {
    // The stored number of a state is its place in this list: add at the end, never reorder.
    static final List<RuleStep.State> STATES =
            List.of(RuleStep.State.FIRED, RuleStep.State.PASSED, RuleStep.State.FAILED, RuleStep.State.NOT_REACHED);

    private final Map<RuleStep, Integer> written = new HashMap<>();
    private final List<RuleStep> read = new ArrayList<>();

    void write(RecordWriter writer, RouteTrace route) {
        writer.text(route.kind()).text(route.reason()).number(route.rules().size());
        for (RuleStep step : route.rules()) {
            Integer before = written.get(step);
            if (before != null) {
                writer.number(before + 1);
            } else {
                written.put(step, written.size());
                write(writer.number(0), step);
            }
        }
    }

    private static void write(RecordWriter writer, RuleStep step) {
        writer.number(step.number())
                .octet(STATES.indexOf(step.state()))
                .text(step.condition())
                .text(step.then())
                .text(step.at())
                .number(step.operands().size());
        step.operands().forEach((name, value) -> writer.text(name).text(value));
        writeTexts(writer, step.captures());
        writeTexts(writer, step.why());
        writer.text(step.failure());
    }

    static void writeTexts(RecordWriter writer, List<String> texts) {
        writer.number(texts.size());
        for (String text : texts) {
            writer.text(text);
        }
    }

    RouteTrace read(RecordReader reader) throws CorruptRecordException {
        String kind = reader.text();
        String reason = reader.text();
        int count = reader.elements();
        List<RuleStep> rules = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int reference = reader.count();
            if (reference > read.size()) {
                throw reader.corrupt("refers to rule " + reference + " of " + read.size());
            }
            if (reference == 0) {
                read.add(readStep(reader));
            }
            rules.add(reference == 0 ? read.getLast() : read.get(reference - 1));
        }
        return new RouteTrace(kind, reason, rules);
    }

    private static RuleStep readStep(RecordReader reader) throws CorruptRecordException {
        int number = reader.count();
        RuleStep.State state = reader.oneOf(STATES);
        String condition = reader.text();
        String then = reader.text();
        String at = reader.text();
        int count = reader.elements();
        Map<String, String> operands = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String name = reader.text();
            operands.put(name, reader.text());
        }
        return new RuleStep(
                number, state, condition, then, at, operands, readTexts(reader), readTexts(reader), reader.text());
    }

    static List<String> readTexts(RecordReader reader) throws CorruptRecordException {
        int count = reader.elements();
        List<String> texts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            texts.add(reader.text());
        }
        return texts;
    }
}
