package dev.nexthop.bench;

import dev.nexthop.config.Configuration;
import dev.nexthop.config.LargeConfiguration;
import dev.nexthop.config.Loaded;
import dev.nexthop.config.Surroundings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Loading 60,000 lines in a fresh process, each time the first. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(5)
public class LoadBench {
    private final byte[] octets = LargeConfiguration.text(60_000).getBytes(StandardCharsets.UTF_8);

    /** The whole way from octets to settings. */
    @Benchmark
    public Loaded load() {
        Surroundings surroundings = new Surroundings(Map.<String, String>of()::get, () -> "mail.example.org");
        return Configuration.parse("large.toml", octets, Path.of("/nowhere"), surroundings);
    }
}
