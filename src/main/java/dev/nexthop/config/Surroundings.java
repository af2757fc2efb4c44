package dev.nexthop.config;

import dev.nexthop.dns.ResolverSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration takes from outside its file.
 *
 * @param environment gives an environment variable, null when it is not set
 * @param machineName gives the machine's name, empty when it has none
 * @param ownAddress whether an address is one of this machine's
 * @param nameServers the DNS servers of this machine
 */
public record Surroundings(
        Function<String, @Nullable String> environment,
        Supplier<String> machineName,
        Predicate<InetAddress> ownAddress,
        Supplier<List<InetSocketAddress>> nameServers) {
    private static final Path KERNEL_NAME = Path.of("/proc/sys/kernel/hostname");

    /**
     * Surroundings in which every address is this machine's, and nobody knows of DNS servers.
     *
     * @param environment gives an environment variable, null when it is not set
     * @param machineName gives the machine's name, empty when it has none
     */
    public Surroundings(Function<String, @Nullable String> environment, Supplier<String> machineName) {
        this(environment, machineName, _ -> true, List::of);
    }

    /**
     * The environment of this process and the name that the kernel holds; the network is not asked.
     *
     * @return the surroundings of a server
     */
    public static Surroundings ofProcess() {
        return new Surroundings(
                System::getenv, Surroundings::kernelName, Surroundings::isOwn, ResolverSettings.SYSTEM::asked);
    }

    private static boolean isOwn(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return true; // The machine does not tell; a connection then will.
        }
    }

    private static String kernelName() {
        try {
            return Files.readString(KERNEL_NAME).strip();
        } catch (IOException e) {
            // Not Linux: shells export the name under this variable.
            String name = System.getenv("HOSTNAME");
            return name == null ? "" : name;
        }
    }
}
