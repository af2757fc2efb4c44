package dev.nexthop.sts;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the TXT records of {@code _mta-sts.} and a domain say (RFC 8461 §3.1). */
public sealed interface StsRecord {
    /** Longest id (RFC 8461 §3.1). */
    int MAX_ID = 32;

    /**
     * The domain has a policy.
     *
     * @param id another one when the policy is another, 1 to 32 ASCII letters and digits
     */
    record Found(String id) implements StsRecord {}

    /**
     * No record is one of MTA-STS.
     *
     * @param reason one sentence
     */
    record None(String reason) implements StsRecord {}

    /**
     * There is one, or several, and they are of no use: as if the domain had none.
     *
     * @param reason one sentence
     */
    record Unusable(String reason) implements StsRecord {}

    /**
     * Reads the records of a name. Whatever they hold, it never throws.
     *
     * @param texts the TXT records, the strings of each joined
     */
    static StsRecord read(List<String> texts) {
        List<String> ours = texts.stream()
                .filter(text -> Syntax.START.matcher(text).lookingAt())
                .toList();
        if (ours.isEmpty()) {
            return new None("no TXT record begins with v=STSv1;");
        }
        if (ours.size() > 1) {
            return new Unusable(ours.size() + " TXT records begin with v=STSv1;, where one is allowed");
        }
        return fields(ours.getFirst());
    }

    private static StsRecord fields(String text) {
        String[] fields = text.substring(text.indexOf(';') + 1).split(";", -1);
        String id = null;
        for (int i = 0; i < fields.length; i++) {
            Matcher field = Syntax.FIELD.matcher(fields[i]);
            if (!field.matches()) {
                boolean end = i > 0 && i == fields.length - 1 && fields[i].isBlank();
                if (end) {
                    break;
                }
                return new Unusable("field " + (i + 2) + " of the TXT record is not of the form name=value");
            }
            // The first of several counts, as in the policy itself (RFC 8461 §3.2).
            if (field.group(1).equals("id") && id == null) {
                id = field.group(2);
                if (!Syntax.ID.matcher(id).matches()) {
                    return new Unusable("the id of the TXT record is not 1 to " + MAX_ID + " letters and digits");
                }
            }
        }
        return id == null ? new Unusable("the TXT record has no id") : new Found(id);
    }

    /** The grammar. */
    final class Syntax {
        private static final Pattern START = Pattern.compile("v=STSv1[ \\t]*;");
        private static final Pattern FIELD =
                Pattern.compile("[ \\t]*([A-Za-z0-9][A-Za-z0-9_.-]{0,31})=([!-:<>-~&&[^=]]+)[ \\t]*");
        private static final Pattern ID = Pattern.compile("[A-Za-z0-9]{1," + MAX_ID + "}");

        private Syntax() {}
    }
}
