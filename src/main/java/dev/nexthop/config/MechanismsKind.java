package dev.nexthop.config;

import dev.nexthop.server.Extensions.Mechanism;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A list of SASL mechanisms: {@code ["plain"]}, {@code "[plain, login]"}, or {@code false} for none. */
record MechanismsKind() implements Kind<List<Mechanism>> {
    /** Mechanisms that Stalwart knows and this server does not speak. */
    private static final Set<String> ELSEWHERE =
            Set.of("oauthbearer", "xoauth2", "cram-md5", "digest-md5", "scram-sha-256");

    @Override
    public String noun() {
        return "list of plain, login";
    }

    @Override
    public @Nullable List<Mechanism> read(Node node, Reading reading) {
        if (node instanceof Node.Items items && RuleText.looksLikeRules(items)) {
            Plain.notServed(items, reading);
            return null;
        }
        List<Mechanism> found = new ArrayList<>();
        for (Node item : items(node)) {
            if (!(item instanceof Node.Scalar scalar)) {
                if (!(item instanceof Node.Broken)) {
                    reading.shape(item, "a list of SASL mechanisms");
                }
                return null;
            }
            if (!add(scalar, reading, found)) {
                return null;
            }
        }
        return List.copyOf(found);
    }

    private static boolean add(Node.Scalar scalar, Reading reading, List<Mechanism> found) {
        String word = Texts.unquoted(scalar.text().strip()).toLowerCase(Locale.ROOT);
        switch (word) {
            case "plain" -> found.add(Mechanism.PLAIN);
            case "login" -> found.add(Mechanism.LOGIN);
            case "", "false", "none" -> {}
            default -> {
                if (!ELSEWHERE.contains(word)) {
                    reading.refuse(scalar, "a SASL mechanism of plain, login");
                    return false;
                }
                reading.wrong(scalar, Code.SESSION_NOT_SERVED, word + " is not served yet", "clients see the others");
            }
        }
        return true;
    }

    private static List<Node> items(Node node) {
        if (node instanceof Node.Items items) {
            return items.items();
        }
        if (node instanceof Node.Scalar scalar
                && scalar.text().startsWith("[")
                && scalar.text().endsWith("]")) {
            String inner = scalar.text().substring(1, scalar.text().length() - 1);
            List<Node> all = new ArrayList<>();
            for (String word : inner.split(",", -1)) {
                String text = word.strip();
                all.add(new Node.Scalar(
                        scalar.at(), Node.Form.STRING, text, Spelling.flat(scalar.at(), text.length()), scalar.raw()));
            }
            return all;
        }
        return List.of(node);
    }
}
