package dev.nexthop.delivery;

import dev.nexthop.directory.Account;
import dev.nexthop.directory.Directory;
import dev.nexthop.directory.DirectoryException;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Handover;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.Step;
import dev.nexthop.mailbox.Mailboxes;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.smtp.Mailbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The hop {@code local}: final delivery into the local store (RFC 5321 §4.4). */
final class LocalDelivery {
    private static final Logger LOG = LoggerFactory.getLogger(LocalDelivery.class);
    private static final EnhancedStatus STORED = new EnhancedStatus(2, 1, 5);
    private static final EnhancedStatus UNKNOWN = new EnhancedStatus(5, 1, 1);
    private static final EnhancedStatus TROUBLE = new EnhancedStatus(4, 3, 0);

    private final Directory directory;
    private final Mailboxes mailboxes;

    LocalDelivery(Directory directory, Mailboxes mailboxes) {
        this.directory = directory;
        this.mailboxes = mailboxes;
    }

    /** Stores the message for each recipient; the store itself keeps one copy for an account named twice. */
    void deliver(Job job, Ledger ledger) {
        long start = System.nanoTime();
        for (int i : ledger.pending()) {
            ledger.settle(i, store(job, job.recipients().get(i).recipient()));
        }
        ledger.healthy();
        ledger.sendTook(System.nanoTime() - start);
    }

    private Outcome store(Job job, Mailbox recipient) {
        try {
            List<Account> accounts = directory.recipients(recipient);
            if (accounts.isEmpty()) {
                return new Outcome.Failed(
                        local(UNKNOWN, ErrorKind.UNEXPECTED_REPLY, "no account receives mail for " + recipient));
            }
            List<String> names = accounts.stream().map(Account::name).toList();
            // RFC 5321 §4.4: final delivery puts the return path in front; the message itself stays as it is.
            String headers =
                    "Return-Path: <" + job.envelope().sender().address() + ">\r\nDelivered-To: " + recipient + "\r\n";
            mailboxes.deliver(job.id(), names, headers.getBytes(StandardCharsets.UTF_8), job.body());
            return new Outcome.Delivered(
                    local(STORED, ErrorKind.NONE, "stored for " + String.join(", ", names)),
                    names.size() > 1 ? Handover.EXPANDED : Handover.FINAL);
        } catch (DirectoryException e) {
            return new Outcome.Deferred(local(TROUBLE, ErrorKind.IO, "the directory can't say: " + e.getMessage()));
        } catch (IOException e) {
            LOG.warn("message {} could not be stored for {}", job.id(), recipient, e);
            return new Outcome.Deferred(local(TROUBLE, ErrorKind.IO, "the local store failed: " + e.getMessage()));
        }
    }

    private static Diagnosis local(EnhancedStatus status, ErrorKind error, String reason) {
        return Diagnosis.local(status, error, reason, Step.STORE);
    }
}
