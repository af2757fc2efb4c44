package dev.nexthop.bench;

import dev.nexthop.expr.Compilation;
import dev.nexthop.expr.EvaluationException;
import dev.nexthop.expr.Facts;
import dev.nexthop.expr.Lookups;
import dev.nexthop.expr.RuleSource;
import dev.nexthop.expr.Rules;
import dev.nexthop.expr.Scope;
import dev.nexthop.expr.Trace;
import dev.nexthop.expr.Value;
import dev.nexthop.expr.Variable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Next-hop rules, alone and with the trace that each real decision keeps. */
@State(org.openjdk.jmh.annotations.Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class RulesBench {
    private static final Set<String> LOCAL = Set.of("example.net", "example.com");

    private static final Lookups LOOKUPS = new Lookups() {
        @Override
        public boolean isLocalDomain(String directory, String domain) {
            return LOCAL.contains(domain);
        }

        @Override
        public boolean isLocalAddress(String directory, String address) {
            return false;
        }

        @Override
        public String keyGet(String store, String key) {
            return "relay";
        }

        @Override
        public boolean keyExists(String store, String key) {
            return false;
        }
    };

    private static final Map<String, List<RuleSource>> RULES = Map.of(
            "simple",
            List.of(
                    new RuleSource(
                            "rcpt_domain = 'example.org' || ends_with(rcpt_domain, '.test')", "'a'", "nexthop.toml:2:14"),
                    new RuleSource(null, "false", "nexthop.toml:3:14")),
            "three",
            List.of(
                    new RuleSource("is_local_domain('', rcpt_domain)", "'local'", "nexthop.toml:2:14"),
                    new RuleSource(
                            "matches('^(.+)@(eu|us)\\.example\\.org$', rcpt)", "'relay-' + $2", "nexthop.toml:3:14"),
                    new RuleSource(null, "'relay'", "nexthop.toml:4:14")));

    /** Which rules. */
    @Param({"simple", "three"})
    public String rules = "";

    /** Whether a rule with a condition applies. */
    @Param({"true", "false"})
    public boolean applies;

    private Rules compiled;
    private Facts facts;

    /** Compiles the rules. */
    @Setup
    public void compile() {
        Scope scope = Scope.of(Variable.RCPT_SCOPE).withHopIds(Set.of("local", "relay", "relay-eu", "a"));
        compiled = switch (Rules.compile(RULES.get(rules), scope)) {
            case Compilation.Ok<Rules> ok -> ok.result();
            case Compilation.Failed<Rules> failed -> throw new IllegalStateException(failed.toString());
        };
        String domain = !applies ? "other.example" : rules.equals("simple") ? "mail.example.test" : "eu.example.org";
        Value name = Value.of(domain);
        Value address = Value.of("jane.doe@" + domain);
        facts = variable -> switch (variable) {
            case RCPT_DOMAIN -> name;
            case RCPT -> address;
            default -> null;
        };
    }

    /** The value alone, as settings of a connection and of a session ask for it. */
    @Benchmark
    public Value value() throws EvaluationException {
        return compiled.evaluate(facts, LOOKUPS);
    }

    /** The value and its trace, as the router asks for it. */
    @Benchmark
    public Trace trace() {
        return compiled.trace(facts, LOOKUPS);
    }
}
