package dev.nexthop.admin;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the Authorization field: Basic (RFC 7617) for the configured administrator, Bearer (RFC 6750) for the token. */
final class Credentials {
    /** Whom the installation's token stands for. */
    private static final String TOKEN = "the installation's token";

    private final AdminSettings settings;

    Credentials(AdminSettings settings) {
        this.settings = settings;
    }

    /** Who may act; empty for nobody. */
    Optional<String> accept(@Nullable String authorization) {
        if (authorization == null) {
            return Optional.empty();
        }
        int space = authorization.indexOf(' ');
        String scheme = space < 0 ? authorization : authorization.substring(0, space);
        String rest = space < 0 ? "" : authorization.substring(space + 1).strip();
        if (scheme.equalsIgnoreCase("Bearer")) {
            return AdminSettings.same(rest, settings.token())
                    ? Optional.of(TOKEN)
                    : settings.user()
                            .filter(user -> AdminSettings.same(rest, user.secret()))
                            .map(AdminSettings.User::name);
        }
        return scheme.equalsIgnoreCase("Basic") ? basic(rest) : Optional.empty();
    }

    private Optional<String> basic(String encoded) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(encoded);
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // Not base64: nobody's credentials.
        }
        String decoded = new String(bytes, StandardCharsets.UTF_8);
        // One comparison of the whole: the time does not tell whether the name or the secret is wrong.
        return settings.user()
                .filter(user -> AdminSettings.same(decoded, user.name() + ":" + user.secret()))
                .map(AdminSettings.User::name);
    }
}
