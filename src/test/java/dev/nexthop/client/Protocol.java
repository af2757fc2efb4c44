package dev.nexthop.client;

import dev.nexthop.mail.Step;
import dev.nexthop.smtp.Dialect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What really happened between a client and a server, told from their two streams alone: the n-th reply answers the n-th
 * thing asked, and counts only when it was sent after that. Written plainly and apart from the client on purpose.
 */
final class Protocol {
    private final ScriptedLink link;
    private final Dialect dialect;
    private final List<Said> replies = new ArrayList<>();
    private final byte[] told;
    private int at;
    private int next;
    private boolean unfinished;
    private boolean opened;
    private boolean senseless;
    private boolean goodbye;

    /** A reply, and how much the server had been told before its first octet. */
    private record Said(int code, int toldBefore) {}

    /**
     * The truth about a recipient.
     *
     * @param delivered the server had the whole message and said yes to it
     * @param inDoubt the server had the whole message, and has neither said yes nor no to it
     * @param muddled the server said yes to it, and more, so that the yes may belong to something else
     */
    record Truth(String recipient, boolean delivered, boolean inDoubt, boolean muddled) {}

    /** What the client says: delivered, or else whether another host may be asked at once. */
    record Heard(String recipient, boolean delivered, boolean movedOn) {
        static Heard of(String recipient, Answer answer) {
            boolean end = answer.step() == Step.END_OF_DATA;
            boolean replied = answer.response() instanceof Response.Replied;
            boolean yes = answer.response() instanceof Response.Replied(var reply) && reply.positive();
            return new Heard(recipient, end && yes, !end || replied && !yes);
        }
    }

    Protocol(ScriptedLink link, Dialect dialect) {
        this.link = link;
        this.dialect = dialect;
        this.told = link.told();
        readReplies();
    }

    private void readReplies() {
        byte[] said = link.said();
        int from = 0;
        int begin = 0;
        int code = 0;
        for (int i = 0; i < said.length; i++) {
            if (said[i] == '\n') {
                String line = new String(said, from, i - from, StandardCharsets.ISO_8859_1);
                line = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
                if (!line.matches("(?s)[2-5][0-9][0-9]([ -].*)?") || code != 0 && !line.startsWith("" + code)) {
                    unfinished = true;
                    return; // From here on nothing has a meaning.
                }
                int here = Integer.parseInt(line.substring(0, 3));
                boolean more = line.length() > 3 && line.charAt(3) == '-';
                if (code == 0) {
                    begin = from;
                }
                code = more ? here : 0;
                if (!more) {
                    replies.add(new Said(here, link.toldBefore(begin)));
                }
                from = i + 1;
            }
        }
        unfinished = from < said.length || code != 0;
    }

    /** What became of each recipient that was named. */
    List<Truth> truths() {
        List<Truth> all = new ArrayList<>();
        next = 1; // The greeting answers nothing.
        int mail = 0;
        Map<String, Integer> named = new LinkedHashMap<>();
        String line = line();
        while (line != null) {
            boolean data = line.equals("DATA");
            boolean chunk = line.startsWith("BDAT ");
            opened |= line.startsWith("MAIL ");
            int start = at;
            at += chunk ? Integer.parseInt(line.split(" ")[1]) : 0;
            int code = answer(chunk ? at : 0, data);
            if (line.startsWith("MAIL ")) {
                mail = code;
                named.clear();
            } else if (line.startsWith("RCPT ")) {
                named.put(line.substring(line.indexOf('<') + 1, line.indexOf('>')), code);
            } else if (chunk) {
                boolean whole = at <= told.length && start <= told.length;
                for (Map.Entry<String, Integer> one : named.entrySet()) {
                    boolean yes = whole && positive(mail) && positive(one.getValue());
                    boolean open = whole && code == 0 && !goodbye && !negative(mail) && !negative(one.getValue());
                    boolean surplus = next < replies.size() && replies.get(next).toldBefore() <= at
                            || unfinished && next == replies.size();
                    all.add(new Truth(one.getKey(), yes && positive(code), open, yes && positive(code) && surplus));
                }
                at = Math.min(at, told.length);
            } else if (data && code == 354) {
                content(positive(mail), named, all);
            }
            line = line();
        }
        return all;
    }

    private static boolean positive(int code) {
        return code / 100 == 2;
    }

    private static boolean negative(int code) {
        return code >= 400;
    }

    private void content(boolean mail, Map<String, Integer> named, List<Truth> all) {
        String line = line();
        while (line != null && !line.equals(".")) {
            line = line();
        }
        if (line == null) {
            return;
        }
        int end = at;
        int shared = dialect == Dialect.SMTP ? answer(end, false) : 0;
        for (Map.Entry<String, Integer> one : named.entrySet()) {
            if (mail && positive(one.getValue())) {
                int code = dialect == Dialect.SMTP ? shared : answer(end, false);
                all.add(new Truth(one.getKey(), positive(code), code == 0 && !goodbye, false));
            }
        }
    }

    /** The next line told; null when there is no whole one left. */
    private @Nullable String line() {
        for (int i = at; i + 1 < told.length; i++) {
            if (told[i] == '\r' && told[i + 1] == '\n') {
                String line = new String(told, at, i - at, StandardCharsets.UTF_8);
                at = i + 2;
                return line;
            }
        }
        return null;
    }

    /** The code of the next reply; 0 when there is none, it came too early, or nothing has a meaning any more. */
    private int answer(int toldByThen, boolean data) {
        int index = next++;
        if (senseless || index >= replies.size()) {
            return 0;
        }
        Said reply = replies.get(index);
        boolean sense = reply.code() / 100 == 3 ? data && reply.code() == 354 : !(data && positive(reply.code()));
        goodbye |= reply.code() == 421;
        senseless = goodbye || opened && !sense || reply.toldBefore() < toldByThen;
        return senseless ? 0 : reply.code();
    }
}
