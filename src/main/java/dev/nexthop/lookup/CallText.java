package dev.nexthop.lookup;

/** The text of a call as {@link AnsweredLookups} takes it in an answer: {@code key_get('pg', 'example.org')}. */
final class CallText {
    private CallText() {}

    /** A text with a single quote in it stands in double quotes. */
    static String of(String function, String... arguments) {
        StringBuilder text = new StringBuilder(function).append('(');
        for (int i = 0; i < arguments.length; i++) {
            char quote = arguments[i].indexOf('\'') < 0 ? '\'' : '"';
            text.append(i == 0 ? "" : ", ").append(quote).append(arguments[i]).append(quote);
        }
        return text.append(')').toString();
    }
}
