package dev.nexthop;

import dev.nexthop.admin.AdminServer;
import dev.nexthop.admin.Reloading;
import dev.nexthop.config.Changes;
import dev.nexthop.config.Code;
import dev.nexthop.config.Configuration;
import dev.nexthop.config.Effective;
import dev.nexthop.config.Loaded;
import dev.nexthop.config.Origin;
import dev.nexthop.config.Problem;
import dev.nexthop.config.Restarts;
import dev.nexthop.config.Severity;
import dev.nexthop.schedule.Scheduler;
import dev.nexthop.server.Server;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes the configuration of a running server, one reload at a time: everything is made and every new address opened
 * before anything is put in force, and on any trouble the running configuration goes on, untouched.
 */
final class Reloader implements Reloading, AutoCloseable {
    /** How long a reload may take, and how long another one waits for its turn, unless told otherwise. */
    static final Duration LIMIT = Duration.ofSeconds(20);

    private static final Logger LOG = LoggerFactory.getLogger(Reloader.class);

    private final Supplier<Loaded> source;
    private final Generations generations;
    private final Foundation foundation;
    private final Duration limit;
    private final ReentrantLock turn = new ReentrantLock();
    private @Nullable Running running;
    private @Nullable Thread straggler;
    private Set<String> told = Set.of();
    private volatile String state;

    /**
     * What takes new settings.
     *
     * @param scheduler of attempts
     * @param server of mail
     * @param admin of the API
     */
    record Running(Scheduler scheduler, Server server, AdminServer admin) {}

    /** What came of reading a configuration and making everything that it asks for. */
    private sealed interface Prepared {
        /**
         * It can be put in force.
         *
         * @param next everything made of it
         * @param changes against what is in force
         * @param notes warnings and lints
         */
        record Ready(Generation next, Changes changes, List<Problem> notes) implements Prepared {}

        /**
         * It can't be used.
         *
         * @param problems with at least one error
         */
        record Refused(List<Problem> problems) implements Prepared {}
    }

    /**
     * A reloader that refuses until {@link #serve}.
     *
     * @param source reads the configuration
     * @param limit how long a reload may take, and how long another one waits for its turn
     */
    Reloader(Supplier<Loaded> source, Generations generations, Foundation foundation, Duration limit) {
        this.source = source;
        this.generations = generations;
        this.foundation = foundation;
        this.limit = limit;
        this.state = "configuration 1 since " + now() + "; no reload yet";
    }

    /** Reloads change these from now on. */
    void serve(Running parts) {
        turn.lock();
        try {
            running = parts;
        } finally {
            turn.unlock();
        }
    }

    @Override
    public Result reload(boolean dryRun) {
        return reload("the API", dryRun);
    }

    @Override
    public String state() {
        return state;
    }

    /** Reads the configuration and puts it in force; says in the log what came of it. */
    Result reload(String by, boolean dryRun) {
        try {
            if (!turn.tryLock(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return refused(List.of(slow("another reload still runs after " + limit.toSeconds() + " s")));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return refused(List.of(slow("the reload was interrupted")));
        }
        try {
            Running parts = running;
            if (parts == null) {
                return refused(List.of(slow("the server starts or stops")));
            }
            Result result = switch (prepared()) {
                case Prepared.Refused(List<Problem> problems) -> refused(problems);
                case Prepared.Ready ready
                when dryRun -> {
                    ready.next().end();
                    yield new Result(
                            true, "would be reloaded: " + ready.changes().summary(), faults(ready.notes()));
                }
                case Prepared.Ready ready -> change(ready, parts);
            };
            if (!dryRun) {
                tell(result, by);
            }
            return result;
        } finally {
            turn.unlock();
        }
    }

    /** No reload begins from now on; one that runs ends first. */
    @Override
    public void close() {
        turn.lock();
        try {
            running = null;
        } finally {
            turn.unlock();
        }
    }

    /** Reads and makes, on a thread that may hang on a file or a store without holding anybody else up. */
    private Prepared prepared() {
        if (straggler != null && straggler.isAlive()) {
            return new Prepared.Refused(
                    List.of(slow("an earlier reload is still being read after " + limit.toSeconds() + " s")));
        }
        CompletableFuture<Prepared> answer = new CompletableFuture<>();
        Thread reader = Thread.ofPlatform().daemon().name("reload").start(() -> {
            try {
                Prepared prepared = prepare();
                if (!answer.complete(prepared) && prepared instanceof Prepared.Ready late) {
                    late.next().end();
                }
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            if (!answer.cancel(false)) {
                return answer.join(); // it came in the last moment
            }
            straggler = reader;
            reader.interrupt();
            return new Prepared.Refused(List.of(slow("the configuration could not be read within " + limit.toSeconds()
                    + " s: a file, pipe or store does not answer")));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            if (!answer.cancel(false) && answer.join() instanceof Prepared.Ready late) {
                late.next().end();
            }
            return new Prepared.Refused(List.of(slow("the reload was interrupted")));
        } catch (ExecutionException e) {
            LOG.error("a reload failed in an unforeseen way", e.getCause());
            return new Prepared.Refused(List.of(problem(Code.UNUSABLE, "an error in the program: " + e.getCause())));
        }
    }

    private Prepared prepare() {
        Generation current = generations.current();
        return switch (source.get()) {
            case Loaded.Failed failed -> new Prepared.Refused(failed.problems());
            case Loaded.Ok ok -> {
                Configuration wanted = ok.configuration();
                List<Problem> notes = ok.warnings();
                List<Problem> fixed = Restarts.between(current.configuration(), wanted);
                if (!fixed.isEmpty()) {
                    List<Problem> all = new ArrayList<>(fixed);
                    all.addAll(notes);
                    yield new Prepared.Refused(all);
                }
                try {
                    Generation next = new Generation(wanted, current, foundation);
                    yield new Prepared.Ready(next, Changes.between(current.configuration(), wanted), notes);
                } catch (IOException e) {
                    yield new Prepared.Refused(List.of(problem(Code.UNUSABLE, String.valueOf(e.getMessage()))));
                }
            }
        };
    }

    /**
     * New addresses first, for they may fail. Then the rules before the listeners: what is taken under new settings is
     * never routed by old ones.
     */
    private Result change(Prepared.Ready ready, Running parts) {
        Generation next = ready.next();
        Generation old = generations.current();
        AdminServer.Change http;
        Server.Change mail;
        try {
            http = parts.admin().prepare(next.admin());
            try {
                mail = parts.server()
                        .prepare(
                                next.server(),
                                next.services(),
                                Changes.ofAccess(old.configuration(), next.configuration()));
            } catch (IOException | RuntimeException e) {
                http.abandon();
                throw e;
            }
        } catch (IOException e) {
            next.end();
            return refused(List.of(problem(Code.LISTENER_ADDRESS, String.valueOf(e.getMessage()))));
        } catch (RuntimeException e) {
            next.end();
            LOG.error("a reload failed in an unforeseen way", e);
            return refused(List.of(problem(Code.UNUSABLE, "an error in the program: " + e)));
        }
        generations.replace(next);
        parts.scheduler().rulesChanged(old.hopsChangedBy(next));
        mail.commit();
        List<Problem> problems = new ArrayList<>();
        http.commit().forEach(trouble -> problems.add(problem(Code.LISTENER_ADDRESS, trouble)));
        old.replacedBy(next);
        String but =
                problems.stream().map(problem -> "; but " + problem.message()).collect(Collectors.joining());
        problems.addAll(ready.notes());
        return new Result(true, "reloaded: " + ready.changes().summary() + but, faults(problems));
    }

    private void tell(Result result, String by) {
        String number = "configuration " + generations.current().number();
        // What was told before and still holds is not told again at each reload.
        Set<String> notes = new HashSet<>();
        result.problems().forEach(fault -> {
            boolean fresh = notes.add(fault.code() + fault.message()) && !told.contains(fault.code() + fault.message());
            if (fault.severity().equals(Severity.ERROR.word())) {
                LOG.error("reload: {}", line(fault));
            } else if (fresh) {
                LOG.warn("reload: {}", line(fault));
            }
        });
        told = notes;
        if (result.good()) {
            LOG.info("{} ({}, asked for by {})", result.summary(), number, by);
            state = number + " since " + now() + "; the last reload was good";
        } else {
            foundation.events().alarm("reload", result.summary() + ", asked for by " + by);
            String since = state.substring(0, state.indexOf(';'));
            state = since + "; the last reload, at " + now() + ", was refused";
        }
    }

    private static String line(Fault fault) {
        Place at = fault.place();
        String place = at.line() == 0 ? at.file() : at.file() + ":" + at.line() + ":" + at.column();
        String hint = fault.hint().isEmpty() ? "" : " (" + fault.hint() + ")";
        return place + ": " + fault.severity() + " " + fault.code() + ": " + fault.message() + hint;
    }

    private Result refused(List<Problem> problems) {
        List<Problem> errors = problems.stream()
                .filter(problem -> problem.severity() == Severity.ERROR)
                .toList();
        String count = errors.size() == 1 ? "one error" : errors.size() + " errors";
        Problem first = errors.getFirst();
        String summary = "not reloaded, the running configuration goes on: " + count
                + (errors.size() == 1 ? ", " : ", the first is ") + first.code().id() + " at " + first.origin() + ": "
                + first.message();
        return new Result(false, summary, faults(problems));
    }

    private Problem slow(String message) {
        return problem(Code.RELOAD_UNFINISHED, message);
    }

    /** A problem of the configuration as a whole. */
    private Problem problem(Code code, String message) {
        String file = generations.current().configuration().effective().stream()
                .map(Effective::origin)
                .filter(origin -> !origin.equals(Origin.DEFAULT))
                .map(Origin::file)
                .findFirst()
                .orElse(Origin.DEFAULT.file());
        return Restarts.problem(code, new Origin(file, 0, 0), message, code.fix());
    }

    private static List<Fault> faults(List<Problem> problems) {
        return problems.stream()
                .map(problem -> new Fault(
                        problem.severity().word(),
                        problem.code().id(),
                        new Place(
                                problem.origin().file(),
                                problem.origin().line(),
                                problem.origin().column()),
                        problem.message(),
                        problem.hint(),
                        problem.related().stream()
                                .map(other -> new Related(other.origin().toString(), other.message()))
                                .toList()))
                .toList();
    }

    private Instant now() {
        return foundation.clock().instant().truncatedTo(ChronoUnit.SECONDS);
    }
}
