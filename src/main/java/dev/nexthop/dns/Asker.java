package dev.nexthop.dns;

import java.time.Duration;
import org.xbill.DNS.Message;

/** Gets one response to one question. */
interface Asker {
    /**
     * A response with code NOERROR or NXDOMAIN.
     *
     * @param message the response
     * @param security what DNSSEC says about all of its answer section, or about the proof that there is none; never
     *     {@link Security#BOGUS}
     * @param kept the longest that it may be kept, whatever its records say
     */
    record Reply(Message message, Security security, Duration kept) {
        /** One that may be kept for as long as any. */
        Reply(Message message, Security security) {
            this(message, security, ResponseReader.MAX_TTL);
        }
    }

    /**
     * Asks until somebody answers.
     *
     * @param question what
     * @param deadline by {@link System#nanoTime}
     * @return a response to this question that is no mere referral
     * @throws NoAnswerException with one sentence about the last trouble; for want of time when nobody had the time to
     *     answer
     */
    Reply ask(Question question, long deadline) throws NoAnswerException, InterruptedException;

    /** The longest that it can take. */
    Duration longest();
}
