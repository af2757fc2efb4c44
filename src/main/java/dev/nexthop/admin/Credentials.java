package dev.nexthop.admin;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Reads the Authorization field: Basic (RFC 7617) for the configured administrator, Bearer (RFC 6750) for the token. */
final class Credentials {
    private final AdminSettings settings;

    Credentials(AdminSettings settings) {
        this.settings = settings;
    }

    boolean accept(@Nullable String authorization) {
        if (authorization == null) {
            return false;
        }
        int space = authorization.indexOf(' ');
        String scheme = space < 0 ? authorization : authorization.substring(0, space);
        String rest = space < 0 ? "" : authorization.substring(space + 1).strip();
        if (scheme.equalsIgnoreCase("Bearer")) {
            return AdminSettings.same(rest, settings.token())
                    || settings.user().map(user -> AdminSettings.same(rest, user.secret())).orElse(false);
        }
        return scheme.equalsIgnoreCase("Basic") && basic(rest);
    }

    private boolean basic(String encoded) {
        String decoded;
        try {
            decoded = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return false; // Not base64: nobody's credentials.
        }
        int colon = decoded.indexOf(':');
        if (colon < 0) {
            return false;
        }
        String name = decoded.substring(0, colon);
        String secret = decoded.substring(colon + 1);
        // Both comparisons always run: the time does not tell which one failed.
        return settings.user()
                .map(user -> AdminSettings.same(name, user.name()) & AdminSettings.same(secret, user.secret()))
                .orElse(false);
    }
}
