package dev.nexthop.e2e;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.IllegalConnectorArgumentsException;
import com.sun.jdi.connect.ListeningConnector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.request.BreakpointRequest;
import com.sun.jdi.request.ClassPrepareRequest;
import com.sun.jdi.request.EventRequest;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Kills a server at a named step: a debugger's breakpoint at the entry of a method stops every thread at the n-th passing,
 * and then comes SIGKILL. The server under test knows nothing of it, and a step whose method is gone fails the test.
 */
final class StepKiller implements AutoCloseable {
    private final ListeningConnector connector;
    private final Map<String, Connector.Argument> arguments;
    private final String address;
    private volatile long killed;
    private volatile @Nullable String trouble;

    /**
     * A place in the program.
     *
     * @param name what is done and what is not
     * @param type the class, below {@code dev.nexthop}
     * @param method the method that is about to begin
     */
    record Step(String name, String type, String method) {}

    private StepKiller(ListeningConnector connector, Map<String, Connector.Argument> arguments, String address) {
        this.connector = connector;
        this.arguments = arguments;
        this.address = address;
    }

    /** Waits for one server in that network. */
    static StepKiller in(Network network) throws IOException {
        ListeningConnector connector = Bootstrap.virtualMachineManager().listeningConnectors().stream()
                .filter(each -> each.name().equals("com.sun.jdi.SocketListen"))
                .findFirst()
                .orElseThrow();
        Map<String, Connector.Argument> arguments = connector.defaultArguments();
        Objects.requireNonNull(arguments.get("localAddress")).setValue("127.0.0.1");
        Objects.requireNonNull(arguments.get("timeout")).setValue("20000");
        String address = network.namespace().isPresent()
                ? network.namespace().get().inside(() -> connector.startListening(arguments))
                : listening(connector, arguments);
        return new StepKiller(connector, arguments, address);
    }

    private static String listening(ListeningConnector connector, Map<String, Connector.Argument> arguments)
            throws IOException {
        try {
            return connector.startListening(arguments);
        } catch (IllegalConnectorArgumentsException e) {
            throw new IOException(e);
        }
    }

    /** The flag of the server's JVM. */
    String flag() {
        return "-agentlib:jdwp=transport=dt_socket,server=n,suspend=y,address=127.0.0.1:"
                + address.substring(address.lastIndexOf(':') + 1);
    }

    /** Meets the server, which waits for that, and lets it run to the n-th passing of the step. */
    void arm(Step step, int passing, Process process) {
        try {
            VirtualMachine machine = connector.accept(arguments);
            String type = "dev.nexthop." + step.type();
            ClassPrepareRequest prepare = machine.eventRequestManager().createClassPrepareRequest();
            prepare.addClassFilter(type);
            prepare.setSuspendPolicy(EventRequest.SUSPEND_ALL);
            prepare.enable();
            Thread.ofPlatform().daemon().name("step killer").start(() -> watch(machine, step, passing, process));
            machine.resume();
        } catch (IOException | IllegalConnectorArgumentsException e) {
            trouble = "the server did not come: " + e;
        }
    }

    private void watch(VirtualMachine machine, Step step, int passing, Process process) {
        try {
            while (true) {
                EventSet events = machine.eventQueue().remove();
                for (Event event : events) {
                    if (event instanceof ClassPrepareEvent prepared) {
                        set(machine, prepared.referenceType(), step, passing);
                    } else if (event instanceof BreakpointEvent) {
                        killed = System.nanoTime();
                        process.destroyForcibly();
                        return;
                    }
                }
                events.resume();
            }
        } catch (VMDisconnectedException e) {
            // It is dead, by whatever hand.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void set(VirtualMachine machine, ReferenceType type, Step step, int passing) {
        if (type.methodsByName(step.method()).isEmpty()) {
            trouble = "there is no method " + step.method() + " in " + step.type();
        }
        type.methodsByName(step.method()).forEach(method -> {
            BreakpointRequest breakpoint = machine.eventRequestManager().createBreakpointRequest(method.location());
            breakpoint.addCountFilter(passing);
            breakpoint.setSuspendPolicy(EventRequest.SUSPEND_ALL);
            breakpoint.enable();
        });
    }

    /** When the server was killed, of {@link System#nanoTime}; 0 when it has not come to its step. */
    long killed() {
        if (trouble != null) {
            throw new AssertionError(trouble);
        }
        return killed;
    }

    @Override
    public void close() throws IOException {
        try {
            connector.stopListening(arguments);
        } catch (IllegalConnectorArgumentsException e) {
            throw new IOException(e);
        }
    }
}
