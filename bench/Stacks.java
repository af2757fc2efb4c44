import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;

/** Samples of stacks, folded into one tree. */
final class Stacks {
    /** Samples on the CPU of JDK 25 and Linux; elsewhere those of running Java methods. */
    static final List<String> KINDS = List.of("jdk.CPUTimeSample", "jdk.ExecutionSample");

    final Frame top = new Frame("all");
    /** Samples without a stack, as when the thread was where none can be walked. */
    int lost;

    private final Map<String, Hot> frames = new HashMap<>();

    /** A frame with all that was called from it. */
    static final class Frame {
        final String name;
        final Map<String, Frame> called = new LinkedHashMap<>();
        int samples;

        Frame(String name) {
            this.name = name;
        }

        /** The widest first. */
        List<Frame> children() {
            List<Frame> all = new ArrayList<>(called.values());
            all.sort(Comparator.comparingInt((Frame frame) -> -frame.samples).thenComparing(frame -> frame.name));
            return all;
        }

        private Frame enter(String callee) {
            Frame frame = called.computeIfAbsent(callee, Frame::new);
            frame.samples++;
            return frame;
        }
    }

    /** How often a method was at the end of a stack, and how often anywhere in it. */
    static final class Hot {
        final String name;
        int self;
        int total;

        Hot(String name) {
            this.name = name;
        }
    }

    void add(RecordedEvent sample) {
        RecordedStackTrace trace = sample.getStackTrace();
        if (trace == null || trace.getFrames().isEmpty()) {
            lost++;
            return;
        }
        top.samples++;
        Frame frame = top.enter(thread(sample));
        List<RecordedFrame> stack = trace.getFrames();
        Set<String> seen = new HashSet<>();
        for (int i = stack.size() - 1; i >= 0; i--) {
            String name = name(stack.get(i));
            frame = frame.enter(name);
            Hot hot = frames.computeIfAbsent(name, Hot::new);
            hot.total += seen.add(name) ? 1 : 0;
            hot.self += i == 0 ? 1 : 0;
        }
    }

    /** The methods in which threads were found most often. */
    List<Hot> hottest(int most) {
        return frames.values().stream()
                .filter(hot -> hot.self > 0)
                .sorted(Comparator.comparingInt((Hot hot) -> -hot.self).thenComparing(hot -> hot.name))
                .limit(most)
                .toList();
    }

    /** Threads that do the same share a name: all virtual ones, and the numbers of pools. */
    private static String thread(RecordedEvent sample) {
        RecordedThread thread = sample.hasField("sampledThread") ? sample.getThread("sampledThread") : sample.getThread();
        if (thread == null) {
            return "[thread gone]";
        }
        if (thread.isVirtual()) {
            return "[virtual threads]";
        }
        String name = thread.getJavaName() == null ? thread.getOSName() : thread.getJavaName();
        return "[" + String.valueOf(name).replaceAll("\\d+", "#") + "]";
    }

    private static String name(RecordedFrame frame) {
        if (!frame.isJavaFrame() && frame.getMethod() == null) {
            return "[native]";
        }
        // The number of a hidden class is another one in each run.
        String type = frame.getMethod().getType().getName().replaceAll("(\\$\\$Lambda|LambdaForm\\$[A-Z]+).*", "$1");
        return type + "." + frame.getMethod().getName();
    }
}
