package dev.nexthop.delivery;

import dev.nexthop.client.Transfer;
import dev.nexthop.mail.Step;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The manual's page on outcomes, written from the table of {@link Classifier}. */
public final class OutcomesPage {
    private static final int[] CODES = {
        421, 450, 451, 452, 454, 455, 500, 501, 502, 503, 504, 521, 530, 534, 535, 538, 550, 551, 552, 553, 555, 556
    };

    private static final String HEAD = """
            # What an answer means

            Everything that a server says, and everything that goes wrong on the way to it, becomes one of a few things for each
            recipient. One table decides; it is read from the top, and the first row that fits counts. This page is generated
            from it. `queue show`, the log line and the notification carry the server's own words beside it.

            *Next host* says whether the recipient goes to the next address, MX host or host of the hop within the same attempt.
            Who is deferred is tried again when `queue.schedule.retry` says; who is failed is told with the enhanced status that
            the server gave, or the one of the second table.

            """;

    private static final String CONVERSATION = """

            ## How the conversation goes

            - **One flight.** With PIPELINING the whole envelope and `DATA` leave in one write, and the content follows the 354.
              That reply is like no other, and so shows that the server's replies still fit what was asked: one too many or too
              few is noticed before the message has left. A hop whose host is known to count well may be allowed to take small
              messages (up to @octets@ octets) together with the envelope as one chunk, where it offers CHUNKING; that saves a round
              trip. Even then the content waits when the message was tried before (a connection lost after such a flight
              leaves open whether it was taken, so that no other host may be asked at once), when the session was idle for
              more than a second (the server may just be closing it), when a line ends in anything but CRLF (a chunk is
              counted and not mended), and for LMTP, where nobody could tell how many replies a chunk without accepted
              recipients gets.
            - **Replies count when they were asked for.** One that is there before the question, be it before MAIL or in the
              middle of the message, is not taken for an answer: a refusal ends the transaction before its last octet has left,
              and anything else is nonsense and ends the session.
            - **8-bit messages** to a host without 8BITMIME are converted (RFC 6152 §3): text parts to quoted-printable, others to
              base64, and so are `message/global` and its kin (RFC 6532 §3.5). Parts below `multipart/signed` are never touched,
              and a message with a DKIM or ARC signature is not either: it fails with 5.6.3, for a signature broken on the way is
              worse than a message that comes back.
            - **SMTPUTF8** is asked for when an address or the header needs it. To a host without it, a domain in U-labels travels
              in A-labels; a local part or header beyond ASCII fails with 5.6.7.
            - **A host that lacks what a message needs** (SIZE, 8BITMIME, SMTPUTF8, REQUIRETLS, DELIVERBY with return) is passed
              over. The recipient fails when every host that was tried lacks it, and waits when one was out of reach.
              An LMTP server relays nothing, and so may lack REQUIRETLS and DELIVERBY. A message that requires TLS goes to it
              under TLS with a verified certificate, or without over a unix socket or a loopback address.
            - **AUTH** takes the best mechanism that both ends speak and `auth.mechanisms` allows: SCRAM-SHA-256-PLUS,
              SCRAM-SHA-256, SCRAM-SHA-1-PLUS, SCRAM-SHA-1, PLAIN, LOGIN, CRAM-MD5; without TLS CRAM-MD5 comes before PLAIN.
              OAUTHBEARER and XOAUTH2 are used when the list names them. The next one is tried after 504, and PLAIN after 432;
              never after the server has judged a password or token. One that it refuses (535) and that has another value by
              then, as a token has when its time is over, is tried once more: on the same connection, or on a new one where
              the server allows one AUTH only.
            """;

    private OutcomesPage() {}

    /** The page as Markdown. */
    public static String text() {
        StringBuilder page = new StringBuilder(HEAD);
        page.append("| At | What came | When | Recipient | Next host | Hop | Why |\n|---|---|---|---|---|---|---|\n");
        for (Classifier.Row row : Classifier.TABLE) {
            page.append("| ")
                    .append(steps(row.steps()))
                    .append(" | ")
                    .append(what(row))
                    .append(" | ")
                    .append(row.when().words)
                    .append(" | ")
                    .append(row.fate().recipient)
                    .append(" | ")
                    .append(row.fate().nextHost)
                    .append(" | ")
                    .append(row.fate().host)
                    .append(" | ")
                    .append(row.why())
                    .append(" |\n");
        }
        page.append("\n## The enhanced status for servers that give none\n\n");
        page.append(
                "The class is 2, 4 or 5 as the outcome has it. At AUTH it is x.7.8, except for 421.\n\n| Reply | At | Status |\n|---|---|---|\n");
        statuses()
                .forEach((line, steps) -> page.append("| ")
                        .append(line.split(" ")[0])
                        .append(" | ")
                        .append(steps)
                        .append(" | x.")
                        .append(line.split(" ")[1])
                        .append(" |\n"));
        return page.append(CONVERSATION.replace("@octets@", Integer.toString(Transfer.MOST_OF_ONE_CHUNK)))
                .toString();
    }

    private static String what(Classifier.Row row) {
        if (row.what() != Classifier.What.REPLIED) {
            return row.what().words;
        }
        int low = row.codes().low();
        int high = row.codes().high();
        if (low == high) {
            return Integer.toString(low);
        }
        boolean family = low % 100 == 0 && high == low + 99;
        return family ? low / 100 + "yz" : low + " to " + high;
    }

    private static String steps(Set<Step> steps) {
        if (steps.equals(Classifier.ANY)) {
            return "any step";
        }
        return steps.stream().map(OutcomesPage::word).distinct().collect(Collectors.joining(", "));
    }

    private static String word(Step step) {
        String words = Classifier.words(step);
        return words.startsWith("the connection") && step == Step.GREETING ? "the greeting" : words;
    }

    /** Code and status, to the steps at which it is so. */
    private static Map<String, String> statuses() {
        Map<String, String> lines = new LinkedHashMap<>();
        List<Step> steps = List.of(Step.GREETING, Step.EHLO, Step.MAIL, Step.RCPT, Step.DATA, Step.END_OF_DATA);
        for (int code : CODES) {
            Map<String, Set<Step>> byStatus = new TreeMap<>();
            for (Step step : steps) {
                String status = Classifier.supplied(step, code).toString().substring(2);
                byStatus.computeIfAbsent(status, _ -> EnumSet.noneOf(Step.class))
                        .add(step);
            }
            byStatus.forEach((status, where) -> lines.put(
                    code + " " + status,
                    where.size() == steps.size()
                            ? "any step"
                            : where.stream().map(OutcomesPage::word).collect(Collectors.joining(", "))));
        }
        return lines;
    }
}
