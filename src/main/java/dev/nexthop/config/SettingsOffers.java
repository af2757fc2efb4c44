package dev.nexthop.config;

import dev.nexthop.server.Offers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings of extensions by which a client asks for something about a message. */
final class SettingsOffers {
    static final Setting<ByListener<Boolean>> DSN = Setting.of(
                    "session.extensions.dsn",
                    ByListener.OfKind.ofClient(Kinds.literal(Kinds.TRUTH)),
                    "Who is offered DSN, and may ask with NOTIFY, ORCPT, RET and ENVID what is reported (RFC 3461).",
                    "[{ if = \"!is_empty(authenticated_as)\", then = true }, { else = false }]")
            .orElse("`true` for clients that have logged in, `false` for others");

    static final Setting<ByListener<Boolean>> REQUIRE_TLS = Setting.of(
                    "session.extensions.requiretls",
                    ByListener.OfKind.ofClient(Kinds.literal(Kinds.TRUTH)),
                    "Who is offered REQUIRETLS under TLS, and may ask that the message never travels without (RFC 8689).",
                    "true")
            .or("true");

    static final Setting<ByListener<Optional<Offers.Priorities>>> MT_PRIORITY = Setting.of(
                    "session.extensions.mt-priority",
                    ByListener.OfKind.ofClient(Kinds.literal(Kinds.orFalse(Kinds.word(policies())))),
                    "Who is offered MT-PRIORITY, and by which policy (RFC 6710); only who logs in or may relay gets more than 0.",
                    "\"mixer\"")
            .orElse("`mixer` for clients that have logged in, `false` for others");

    static final Setting<ByListener<Integer>> PRIORITY_CEILING = Setting.of(
                    "session.extensions.mt-priority-ceiling",
                    ByListener.OfKind.ofClient(Kinds.literal(Kinds.count(0, 9))),
                    "The highest MT-PRIORITY that a client gets, whatever it asks for (RFC 6710); it hears what it got.",
                    "[{ if = \"remote_ip = '192.0.2.7'\", then = 9 }, { else = 4 }]")
            .or("4")
            .ours();

    static final Setting<ByListener<Optional<Duration>>> DELIVER_BY = Setting.of(
                    "session.extensions.deliver-by",
                    ByListener.OfKind.ofClient(Kinds.literal(Kinds.orFalse(Kinds.WHOLE_SECONDS))),
                    "Who is offered DELIVERBY, and how far away the moment may be that is asked for (RFC 2852).",
                    "\"4h\"")
            .orElse("`15d` for clients that have logged in, `false` for others");

    static final Setting<ByListener<Optional<Duration>>> FUTURE_RELEASE = Setting.of(
                    "session.extensions.future-release",
                    ByListener.OfKind.ofClient(Kinds.literal(Kinds.orFalse(Kinds.WHOLE_SECONDS))),
                    "Who is offered FUTURERELEASE, and for how long a message may be held (RFC 4865).",
                    "\"7d\"")
            .orElse("`7d` for clients that have logged in, `false` for others");

    private SettingsOffers() {}

    static List<Setting<?>> all() {
        return List.of(DSN, REQUIRE_TLS, MT_PRIORITY, PRIORITY_CEILING, DELIVER_BY, FUTURE_RELEASE);
    }

    private static Map<String, Offers.Priorities> policies() {
        Map<String, Offers.Priorities> words = new LinkedHashMap<>();
        words.put("mixer", Offers.Priorities.MIXER);
        words.put("stanag4406", Offers.Priorities.STANAG4406);
        words.put("nsep", Offers.Priorities.NSEP);
        return words;
    }
}
