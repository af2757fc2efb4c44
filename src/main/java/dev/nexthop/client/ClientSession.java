package dev.nexthop.client;

import dev.nexthop.tls.TlsClient;
import dev.nexthop.tls.TlsVerdict;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An open session with a server, between transactions. One thread at a time. */
public final class ClientSession implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(ClientSession.class);
    private static final Duration GOODBYE = Duration.ofSeconds(5);

    /** Servers give up idle sessions after seconds, not within one. */
    private static final Duration WARM = Duration.ofSeconds(1);

    private final Target target;
    private final Connection connection;
    private final Capabilities capabilities;
    private final TlsVerdict tls;
    private final boolean loginSkipped;
    private final String trust;
    private int transactions;
    private boolean resetFirst;
    private long heardAt = System.nanoTime();

    ClientSession(Target target, Connection connection, Capabilities capabilities, Security security) {
        this.target = target;
        this.connection = connection;
        this.capabilities = capabilities;
        this.tls = security.tls();
        this.loginSkipped = security.loginSkipped();
        this.trust = security.trust();
    }

    /**
     * What there is to know about the safety of a session.
     *
     * @param tls how secure the connection is
     * @param loginSkipped whether there are credentials that the server did not ask for
     * @param trust whom {@link TlsClient} believed when it was opened
     */
    record Security(TlsVerdict tls, boolean loginSkipped, String trust) {}

    /** How a transaction left the session. */
    public enum End {
        /** Every recipient has its answer. */
        ANSWERED,
        /**
         * The session was dead before it began: kept from earlier, and closed by the server in the meantime. Nobody was
         * answered and nothing was sent that a server could have acted on; the same transaction may go to a new session.
         */
        STALE
    }

    /**
     * Runs one mail transaction (RFC 5321 §3.3; RFC 2033 §4.2 for LMTP).
     *
     * @param transfer what to send
     * @param timeouts how long each step may take
     * @param answers hears the answer for each recipient, unless the session was stale; whatever it throws ends the session without
     *     another word, as any other error in the program does, for nobody knows where the conversation stands
     * @return whether the recipients were answered
     */
    public End transact(Transfer transfer, StepTimeouts timeouts, Answers answers) {
        boolean reused = transactions > 0;
        transactions++;
        Transaction transaction = new Transaction(this, transfer, timeouts, answers);
        boolean reset = resetFirst;
        resetFirst = false;
        boolean over = false;
        try {
            End end = transaction.run(reused, reset);
            connection.unbounded();
            heardAt = System.nanoTime();
            over = true;
            return end;
        } finally {
            if (!over) {
                abandon();
            }
        }
    }

    /** Whether another transaction can follow. */
    public boolean usable() {
        return !connection.closed();
    }

    /** Whether the server wants no further transaction in this session (RFC 9422 §3.1). */
    public boolean spent() {
        int most = capabilities.limits().mails();
        return most > 0 && transactions >= most;
    }

    /** Whether the server spoke a moment ago, so that it is most unlikely to have given the session up. */
    boolean warm() {
        return System.nanoTime() - heardAt < WARM.toNanos();
    }

    /** Who is at the other end. */
    public Target target() {
        return target;
    }

    /** What the server offers. */
    public Capabilities capabilities() {
        return capabilities;
    }

    /** How secure the connection is. */
    public TlsVerdict tls() {
        return tls;
    }

    /** The server's certificate in words: subject, names, validity, issuer, and those above it; empty without TLS. */
    public Optional<String> certificate() {
        return connection.certificate();
    }

    /** Nanoseconds that its TLS handshake took; 0 without TLS. */
    public long securing() {
        return connection.securing();
    }

    /** Whether there are credentials that the server did not ask for. */
    public boolean loginSkipped() {
        return loginSkipped;
    }

    /** Whom TLS believed when it was opened: it serves nobody who believes others. */
    String trust() {
        return trust;
    }

    /** Transactions so far. */
    public int transactions() {
        return transactions;
    }

    /** Our own address of the connection is of no interest to the caller; the connection itself only to this package. */
    Connection connection() {
        return connection;
    }

    /** The server may still hold half a transaction: RSET goes before the next MAIL (RFC 5321 §4.1.1.5). */
    void resetBeforeNext() {
        resetFirst = true;
    }

    /** Whether the server has said or done something since the last transaction. */
    boolean disturbed() {
        return connection.closed() || connection.unasked();
    }

    /** Says goodbye without waiting for the reply (RFC 5321 §4.1.1.10), and closes. */
    @Override
    public void close() {
        if (!connection.closed()) {
            connection.within(GOODBYE);
            try {
                connection.queue("QUIT");
                connection.flush();
            } catch (IOException e) {
                LOG.debug("{} was gone before QUIT", target.host(), e);
            }
        }
        connection.close();
    }

    /** Closes without a word: the other end has broken the protocol or the connection. */
    void abandon() {
        connection.close();
    }
}
