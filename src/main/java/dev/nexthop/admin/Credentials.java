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
                    || settings.user()
                            .map(user -> AdminSettings.same(rest, user.secret()))
                            .orElse(false);
        }
        return scheme.equalsIgnoreCase("Basic") && basic(rest);
    }

    private boolean basic(String encoded) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(encoded);
        } catch (IllegalArgumentException e) {
            return false; // Not base64: nobody's credentials.
        }
        String decoded = new String(bytes, StandardCharsets.UTF_8);
        // One comparison of the whole: the time does not tell whether the name or the secret is wrong.
        return settings.user()
                .map(user -> AdminSettings.same(decoded, user.name() + ":" + user.secret()))
                .orElse(false);
    }
}
