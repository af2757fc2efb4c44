package dev.nexthop.client;

import dev.nexthop.tls.TlsClient;
import java.util.Optional;
import java.util.Set;

/** Where sessions come from: those that wait, else new ones. */
public final class Sessions {
    private final Connector connector;
    private final TlsClient tls;
    private final IdleSessions idle;
    private volatile Set<String> obsolete = Set.of();

    /**
     * Puts the parts together.
     *
     * @param connector opens connections
     * @param tls secures them
     * @param idle keeps them
     */
    public Sessions(Connector connector, TlsClient tls, IdleSessions idle) {
        this.connector = connector;
        this.tls = tls;
        this.idle = idle;
    }

    /**
     * A session that waits for work.
     *
     * @param target with whom
     */
    public Optional<ClientSession> waiting(Target target) {
        return idle.take(target, Opening.trust(tls, target.tls()));
    }

    /**
     * A new session, ready for MAIL.
     *
     * @param target with whom
     * @param timeouts how long each step may take
     * @throws SessionException when it does not come about
     */
    public ClientSession open(Target target, StepTimeouts timeouts) throws SessionException {
        return Opening.open(target, timeouts, connector, tls);
    }

    /**
     * Gives a session back.
     *
     * @param session the caller uses it no more
     * @param keep how it is kept
     */
    public void give(ClientSession session, IdleSessions.Keep keep) {
        if (obsolete.contains(session.target().hop())) {
            session.close();
        } else {
            idle.give(session, keep);
        }
    }

    /**
     * Keeps no more sessions with these hops; those in use end with their work. Others may go on sharing what is kept.
     *
     * @param hops ids of next hops whose definition has changed
     */
    public void retire(Set<String> hops) {
        obsolete = Set.copyOf(hops);
        idle.forget(hops);
    }
}
