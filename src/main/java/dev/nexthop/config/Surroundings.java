package dev.nexthop.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration takes from outside its file.
 *
 * @param environment gives an environment variable, null when it is not set
 * @param machineName gives the machine's name, empty when it has none
 */
public record Surroundings(Function<String, @Nullable String> environment, Supplier<String> machineName) {
    private static final Path KERNEL_NAME = Path.of("/proc/sys/kernel/hostname");

    /**
     * The environment of this process and the name that the kernel holds; the network is not asked.
     *
     * @return the surroundings of a server
     */
    public static Surroundings ofProcess() {
        return new Surroundings(System::getenv, Surroundings::kernelName);
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
