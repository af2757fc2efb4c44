package dev.nexthop.client;

import dev.nexthop.mail.Step;
import dev.nexthop.smtp.Dialect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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

    /** A reply, and how much the server had been told before its first octet. */
    private record Said(int code, int toldBefore) {}

    /**
     * The truth about a recipient.
     *
     * @param delivered the server had the whole message and said yes to it
     * @param inDoubt the server had the whole message, and has neither said yes nor no to it
     */
    record Truth(String recipient, boolean delivered, boolean inDoubt) {}

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
    }

    /** What became of each recipient that was named. */
    List<Truth> truths() {
        List<Truth> all = new ArrayList<>();
        next = 1; // The greeting answers nothing.
        boolean mail = false;
        List<String> accepted = new ArrayList<>();
        List<String> named = new ArrayList<>();
        String line = line();
        while (line != null) {
            int code = answer();
            boolean yes = code / 100 == 2;
            if (line.startsWith("MAIL ")) {
                mail = yes;
                accepted.clear();
                named.clear();
            } else if (line.startsWith("RCPT ")) {
                String recipient = line.substring(line.indexOf('<') + 1, line.indexOf('>'));
                named.add(recipient);
                if (yes && mail) {
                    accepted.add(recipient);
                }
            } else if (line.startsWith("BDAT ")) {
                int length = Integer.parseInt(line.split(" ")[1]);
                boolean whole = told.length - at >= length;
                at = Math.min(told.length, at + length);
                // The reply counts from the last octet of the chunk on.
                boolean late = code != 0 && replies.get(next - 1).toldBefore() >= at;
                boolean sound = mail && whole && sequenceIsSound();
                boolean taken = sound && yes && late;
                for (String one : named) {
                    boolean his = accepted.contains(one);
                    boolean open = whole && code == 0 && (mail || mailUnanswered()) && (his || rcptUnanswered(one));
                    all.add(new Truth(one, taken && his, open));
                }
            } else if (line.equals("DATA") && code == 354) {
                content(mail, named, accepted, all);
            }
            line = line();
        }
        return all;
    }

    private boolean sequenceIsSound() {
        return true;
    }

    private boolean mailUnanswered() {
        return replies.size() < next;
    }

    private boolean rcptUnanswered(String recipient) {
        return !recipient.isEmpty() && replies.size() < next;
    }

    private void content(boolean mail, List<String> named, List<String> accepted, List<Truth> all) {
        boolean whole = false;
        String line = line();
        while (line != null && !whole) {
            whole = line.equals(".");
            line = whole ? line : line();
        }
        if (!whole) {
            return;
        }
        int end = at;
        int shared = dialect == Dialect.SMTP ? answerAfter(end) : 0;
        for (String one : named) {
            if (mail && accepted.contains(one)) {
                int code = dialect == Dialect.SMTP ? shared : answerAfter(end);
                all.add(new Truth(one, code / 100 == 2, code == 0));
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

    private int answer() {
        return answerAfter(0);
    }

    /** The code of the next reply; 0 when there is none, or it came too early to be one. */
    private int answerAfter(int toldByThen) {
        if (next >= replies.size()) {
            next++;
            return 0;
        }
        Said reply = replies.get(next++);
        return reply.toldBefore() >= toldByThen ? reply.code() : 0;
    }
}
