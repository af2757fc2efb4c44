package dev.nexthop.mailbox;

import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.QueueId;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The local message store. */
public interface Mailboxes extends AutoCloseable {
    /**
     * Stores a message in the inbox of each account, durably when this returns. Storing the same message for the same
     * account again changes nothing: a delivery repeated after a crash leaves one copy.
     *
     * @param id the message's queue id
     * @param accounts names of the accounts
     * @param headers fields to put before the message, such as Return-Path and Delivered-To, each line ended by CRLF
     * @param body the message
     * @throws IOException when it could not be stored for all of them
     */
    void deliver(QueueId id, List<String> accounts, byte[] headers, MessageBody body) throws IOException;

    /**
     * The messages of an account, oldest first.
     *
     * @param account its name
     * @param limit at most so many
     */
    List<StoredMessage> list(String account, int limit) throws IOException;

    /**
     * One message whole, as stored.
     *
     * @param account its name
     * @param id the id that {@link #list} gave
     */
    Optional<MessageBody> read(String account, String id) throws IOException;

    @Override
    void close();

    /**
     * A stored message.
     *
     * @param id its name in the store
     * @param received when it was stored
     * @param size octets with the fields put before it
     * @param from the From field, unfolded and bounded, possibly empty
     * @param subject the Subject field, unfolded and bounded, possibly empty
     */
    record StoredMessage(String id, Instant received, long size, String from, String subject) {}
}
