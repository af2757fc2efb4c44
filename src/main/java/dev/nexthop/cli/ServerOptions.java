package dev.nexthop.cli;

import dev.nexthop.config.Configuration;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which server a command talks to, and as whom. */
final class ServerOptions {
    @Mixin
    ConfigOption config = new ConfigOption();

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "the server's HTTP listener; by default the one that the configuration names")
    @Nullable
    String url;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "the secret of the API; by default the one that the configuration names or the server wrote")
    @Nullable
    String token;

    @Spec(Spec.Target.MIXEE)
    @Nullable
    CommandSpec spec;

    AdminApi api() {
        return api(AdminAccess::of);
    }

    /** The same for a server whose configuration file may name another administrator than it knows. */
    AdminApi localApi() {
        return api(AdminAccess::byToken);
    }

    private AdminApi api(Function<Configuration, AdminAccess> login) {
        if (url != null && token != null) {
            return new AdminApi(address(url), bearer(token));
        }
        Configuration configuration = config.load();
        if (url != null && !AdminAccess.isOwn(address(url), configuration)) {
            throw Output.usage(
                    spec,
                    "--url " + address(url).getHost()
                            + " is no HTTP listener of this configuration, and its secret goes"
                            + " nowhere else: give --token, or --config of that server");
        }
        AdminAccess access = login.apply(configuration);
        URI base = url != null ? address(url) : access.base();
        return new AdminApi(base, token != null ? bearer(token) : access.authorization());
    }

    private URI address(String url) {
        URI parsed;
        try {
            parsed = URI.create(url.endsWith("/") ? url : url + "/");
        } catch (IllegalArgumentException e) {
            throw Output.usage(spec, "--url is not an address such as http://127.0.0.1:8080: " + url);
        }
        String scheme = parsed.getScheme();
        if (parsed.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
            throw Output.usage(spec, "--url is not an address such as http://127.0.0.1:8080: " + url);
        }
        return parsed;
    }

    static String bearer(String token) {
        return "Bearer " + token;
    }

    static String basic(String user, String secret) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + secret).getBytes(StandardCharsets.UTF_8));
    }
}
