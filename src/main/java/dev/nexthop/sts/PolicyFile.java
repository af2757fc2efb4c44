package dev.nexthop.sts;

import dev.nexthop.tls.StsPolicy;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The document that a domain publishes (RFC 8461 §3.2).
 *
 * @param mode what it asks for
 * @param patterns the values of {@code mx} in their order, in lower case; none only with mode none
 * @param maxAge how long it may be kept
 */
public record PolicyFile(StsPolicy.Mode mode, List<String> patterns, Duration maxAge) {
    /** Most octets of a document (RFC 8461 §3.3). */
    public static final int MAX_OCTETS = 64 * 1024;

    /** The longest time that a policy may be kept; whoever writes more gets this (RFC 8461 §3.2). */
    public static final Duration MAX_AGE = Duration.ofHours(8_766);

    /** Most lines of mx; a domain with so many hosts has a pattern for them. */
    public static final int MOST_PATTERNS = 500;

    private static final Pattern NAME =
            Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,10}");
    private static final int MAX_NAME = 253;
    private static final int MAX_KEY = 32;

    /** Copies the list. */
    public PolicyFile {
        patterns = List.copyOf(patterns);
    }

    /**
     * Reads a document: lines that end with LF or CRLF, {@code key: value} each; empty ones and unknown keys are passed over, and
     * of several lines with one key the first counts, but for {@code mx}.
     *
     * @param octets as they came
     * @throws InvalidPolicyException when it is no policy, whatever else it is
     */
    public static PolicyFile parse(byte[] octets) throws InvalidPolicyException {
        if (octets.length > MAX_OCTETS) {
            throw new InvalidPolicyException("the policy is longer than " + MAX_OCTETS + " octets");
        }
        Lines lines = new Lines();
        String[] texts = decoded(octets).split("\n", -1);
        for (int i = 0; i < texts.length; i++) {
            String text = texts[i];
            lines.take(i + 1, text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
        }
        return lines.policy();
    }

    private static String decoded(byte[] octets) throws InvalidPolicyException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new InvalidPolicyException("the policy is not UTF-8");
        }
    }

    /**
     * Whether a text may be a value of {@code mx}: a host name in A-labels, perhaps behind {@code *.}, which stands for one label.
     *
     * @param pattern in lower case
     */
    public static boolean isPattern(String pattern) {
        String name = pattern.startsWith("*.") ? pattern.substring(2) : pattern;
        return name.length() <= MAX_NAME && NAME.matcher(name).matches();
    }

    /** The document, with CRLF behind each line. */
    public String text() {
        StringBuilder text = new StringBuilder("version: STSv1\r\nmode: ");
        text.append(mode.name().toLowerCase(Locale.ROOT)).append("\r\n");
        patterns.forEach(pattern -> text.append("mx: ").append(pattern).append("\r\n"));
        return text.append("max_age: ")
                .append(maxAge.toSeconds())
                .append("\r\n")
                .toString();
    }

    /** What the lines so far say. */
    private static final class Lines {
        private final Set<String> seen = new HashSet<>();
        private final List<String> patterns = new ArrayList<>();
        private boolean version;
        private StsPolicy.@Nullable Mode mode;
        private @Nullable Duration maxAge;

        void take(int number, String text) throws InvalidPolicyException {
            if (text.isBlank()) {
                return;
            }
            Field line = Field.of(text, MAX_KEY, Lines::inKey)
                    .filter(field -> Field.alphanumeric(field.key().charAt(0)))
                    .orElseThrow(() -> wrong(number, "is not of the form key: value"));
            String value = line.value();
            switch (line.key()) {
                case "version" -> {
                    if (seen.add("version")) {
                        version = version(number, value);
                    }
                }
                case "mode" -> {
                    if (seen.add("mode")) {
                        mode = mode(number, value);
                    }
                }
                case "max_age" -> {
                    if (seen.add("max_age")) {
                        maxAge = age(number, value);
                    }
                }
                case "mx" -> {
                    if (patterns.size() >= MOST_PATTERNS) {
                        throw wrong(number, "is one mx more than " + MOST_PATTERNS);
                    }
                    patterns.add(pattern(number, value));
                }
                default -> {
                    // RFC 8461 §3.2: fields that nobody knows are passed over.
                }
            }
        }

        private static boolean inKey(int c) {
            return Field.alphanumeric(c) || "_.-".indexOf(c) >= 0;
        }

        private static boolean version(int number, String value) throws InvalidPolicyException {
            if (!value.equals("STSv1")) {
                throw wrong(number, "has a version that is not STSv1");
            }
            return true;
        }

        private static StsPolicy.Mode mode(int number, String value) throws InvalidPolicyException {
            return switch (value) {
                case "enforce" -> StsPolicy.Mode.ENFORCE;
                case "testing" -> StsPolicy.Mode.TESTING;
                case "none" -> StsPolicy.Mode.NONE;
                default -> throw wrong(number, "has a mode that is none of enforce, testing and none");
            };
        }

        private static Duration age(int number, String value) throws InvalidPolicyException {
            if (!SECONDS.matcher(value).matches()) {
                throw wrong(number, "has a max_age that is not a number of 1 to 10 digits");
            }
            // The grammar allows ten digits and the text 31557600. To refuse more would leave the domain unprotected.
            return Duration.ofSeconds(Math.min(Long.parseLong(value), MAX_AGE.toSeconds()));
        }

        private static String pattern(int number, String value) throws InvalidPolicyException {
            String pattern = value.toLowerCase(Locale.ROOT);
            if (!isPattern(pattern)) {
                throw wrong(number, "has an mx that is neither a host name nor *. and a host name");
            }
            return pattern;
        }

        PolicyFile policy() throws InvalidPolicyException {
            if (!version) {
                throw missing("version");
            }
            if (mode == null) {
                throw missing("mode");
            }
            if (maxAge == null) {
                throw missing("max_age");
            }
            if (patterns.isEmpty() && mode != StsPolicy.Mode.NONE) {
                throw missing("mx");
            }
            return new PolicyFile(mode, patterns, maxAge);
        }

        private static InvalidPolicyException missing(String key) {
            return new InvalidPolicyException("the policy has no " + key);
        }

        private static InvalidPolicyException wrong(int number, String trouble) {
            return new InvalidPolicyException("line " + number + " of the policy " + trouble);
        }
    }
}
