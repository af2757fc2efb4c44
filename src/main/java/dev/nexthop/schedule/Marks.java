package dev.nexthop.schedule;

import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.util.List;
import java.util.Optional;

/**
 * Bits that stand for what an operator may ask for: three of 64 for each name. A message that has the bits of a name may have to
 * do with it; one that lacks any has not.
 *
 * @param general the bits of the sender, its domain, the hops tried and the orders met
 * @param recipients words with the bits of recipients and their domains; each recipient's are in the word that its domain chooses
 */
record Marks(long general, long[] recipients) {
    private static final int SENDER = 1;
    private static final int SENDER_DOMAIN = 2;
    private static final int RECIPIENT = 3;
    private static final int DOMAIN = 4;
    private static final int HOP = 5;
    private static final int ORDER = 6;

    /** With more recipients to a word too many bits of it are set to tell anything. */
    private static final int RECIPIENTS_IN_WORD = 2;

    static Marks of(QueuedMessage message) {
        List<Mailbox> all = message.envelope().recipients();
        long general = 0;
        if (message.envelope().sender() instanceof ReversePath.From(Mailbox sender)) {
            general = bits(SENDER, hash(sender))
                    | bits(SENDER_DOMAIN, hash(sender.domain().name()));
        } else {
            general = bits(SENDER, hash(""));
        }
        for (var state : message.recipients()) {
            if (state.last().isPresent()) {
                general |= hop(state.last().get().hop());
            }
        }
        long[] words = new long[Math.max(1, (all.size() + RECIPIENTS_IN_WORD - 1) / RECIPIENTS_IN_WORD)];
        for (Mailbox recipient : all) {
            long domain = hash(recipient.domain().name());
            words[word(domain, words.length)] |= bits(DOMAIN, domain) | bits(RECIPIENT, hash(recipient));
        }
        return new Marks(general, words);
    }

    static long hop(String id) {
        return bits(HOP, hash(id));
    }

    static long order(long number) {
        return bits(ORDER, number);
    }

    /**
     * What the messages have that may be meant.
     *
     * @param general bits of the general word
     * @param domain the hash of a recipient's domain, which chooses the word; of no meaning without bits
     * @param recipients bits of that word
     * @param from accepted in this second of 1970's count or later
     * @param to accepted in this second or before
     */
    record Wanted(long general, long domain, long recipients, int from, int to) {
        /** Every message. */
        static final Wanted ALL = new Wanted(0, 0, 0, Integer.MIN_VALUE, Integer.MAX_VALUE);

        static Wanted of(QueueFilter filter) {
            long general = filter.sender()
                            .map(sender -> bits(SENDER, hash(Folded.address(sender))))
                            .orElse(0L)
                    | filter.hop().map(Marks::hop).orElse(0L);
            Optional<String> address = filter.recipient().map(Folded::address);
            Optional<String> named = filter.domain().map(Folded::domain).or(() -> address.map(Folded::domainOf));
            long recipients = address.map(text -> bits(RECIPIENT, hash(text))).orElse(0L)
                    | named.map(text -> bits(DOMAIN, hash(text))).orElse(0L);
            return new Wanted(
                    general,
                    named.map(Marks::hash).orElse(0L),
                    recipients,
                    filter.after().map(MarkIndex::second).orElse(Integer.MIN_VALUE),
                    filter.before().map(MarkIndex::second).orElse(Integer.MAX_VALUE));
        }

        /** The messages that an order has stopped. */
        static Wanted order(long number) {
            return new Wanted(Marks.order(number), 0, 0, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
    }

    static int word(long domain, int words) {
        return words == 1 ? 0 : (int) Long.remainderUnsigned(mixed(domain), words);
    }

    /** Of an address in its folded form, without making it. */
    private static long hash(Mailbox mailbox) {
        String local = mailbox.localPart();
        if (local.startsWith("\"")) {
            return hash(Folded.address(mailbox.toString())); // queued by a program that kept needless quotes
        }
        long hash = 0;
        for (int i = 0; i < local.length(); i++) {
            char c = local.charAt(i);
            hash = 31 * hash + (c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
        }
        hash = 31 * hash + '@';
        String domain = mailbox.domain().name();
        for (int i = 0; i < domain.length(); i++) {
            hash = 31 * hash + domain.charAt(i);
        }
        return hash;
    }

    private static long hash(String text) {
        long hash = 0;
        for (int i = 0; i < text.length(); i++) {
            hash = 31 * hash + text.charAt(i);
        }
        return hash;
    }

    private static long bits(int kind, long hash) {
        long mixed = mixed(hash + kind * 0x9E3779B97F4A7C15L);
        return 1L << mixed | 1L << (mixed >>> 6) | 1L << (mixed >>> 12);
    }

    /** The finalizer of SplitMix64. */
    private static long mixed(long value) {
        long z = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
