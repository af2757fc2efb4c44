import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A cgroup of one server's processes, of either version. */
record Cgroup(Path path, boolean unified) {
    static Cgroup make(String name) throws IOException {
        boolean unified = !Files.isDirectory(Path.of("/sys/fs/cgroup/cpuacct"));
        Path parent = Path.of(unified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpuacct");
        return new Cgroup(
                Files.createDirectories(parent.resolve("nexthop-bench-" + name + "-" + ProcessHandle.current().pid())), unified);
    }

    /** The words that run a command in it. */
    List<String> inside(String... command) {
        List<String> words = new ArrayList<>(List.of("sh", "-c", "echo $$ > " + path + "/cgroup.procs && exec \"$@\"", "sh"));
        words.addAll(Arrays.asList(command));
        return words;
    }

    /** CPU time so far in milliseconds. */
    double cpu() throws IOException {
        if (!unified) {
            return Long.parseLong(Files.readString(path.resolve("cpuacct.usage")).strip()) / 1e6;
        }
        return Files.readAllLines(path.resolve("cpu.stat")).stream()
                .filter(line -> line.startsWith("usage_usec "))
                .mapToDouble(line -> Long.parseLong(line.substring(11)) / 1e3)
                .findFirst()
                .orElseThrow();
    }

    /** Proportional set size of all its processes, in KB. */
    long memory() {
        long total = 0;
        for (String pid : Machine.lines(path.resolve("cgroup.procs"))) {
            for (String line : Machine.lines(Path.of("/proc", pid, "smaps_rollup"))) {
                if (line.startsWith("Pss:")) {
                    total += Long.parseLong(line.replaceAll("[^0-9]", ""));
                }
            }
        }
        return total;
    }

    /** Open file descriptors of all its processes. */
    int files() {
        int total = 0;
        for (String pid : Machine.lines(path.resolve("cgroup.procs"))) {
            String[] open = Path.of("/proc", pid, "fd").toFile().list();
            total += open == null ? 0 : open.length;
        }
        return total;
    }

    void remove() {
        Machine.await(() -> Machine.lines(path.resolve("cgroup.procs")).isEmpty(), 30);
        path.toFile().delete();
    }
}
