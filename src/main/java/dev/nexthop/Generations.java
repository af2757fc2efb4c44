package dev.nexthop;

import dev.nexthop.directory.Account;
import dev.nexthop.directory.Directory;
import dev.nexthop.directory.DirectoryException;
import dev.nexthop.event.Events;
import dev.nexthop.limit.QuotaRules;
import dev.nexthop.report.Desk;
import dev.nexthop.schedule.Rulebook;
import dev.nexthop.schedule.Ruleset;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.Mailbox;
import java.util.List;
import java.util.Optional;

/** Which configuration is in force. One volatile write puts another in its place, for everybody who asks from then on. */
final class Generations implements Rulebook {
    private volatile Generation current;

    Generations(Generation first) {
        current = first;
    }

    Generation current() {
        return current;
    }

    /** Puts another in force. The old one is given up only when nobody can be led to it any more: by the caller. */
    void replace(Generation successor) {
        current = successor;
    }

    @Override
    public Ruleset open() {
        return entered().rules();
    }

    /** The newest, with the caller as a tenant. It closes only after it was replaced here, so that this ends. */
    private Generation entered() {
        Generation newest = current;
        while (!newest.enter()) {
            newest = current;
        }
        return newest;
    }

    /** What TLS reports are made with; who gets it closes it. */
    Desk desk(Events events) {
        Generation newest = entered();
        return newest.desk(events);
    }

    /** The quotas in force; who gets them closes them. */
    QuotaRules quotas() {
        return entered().quotas();
    }

    /** The directory of whatever is in force when it is asked. */
    Directory directory() {
        return new Newest();
    }

    private final class Newest implements Directory {
        @Override
        public boolean isLocalDomain(Domain domain) throws DirectoryException {
            Generation newest = entered();
            try {
                return newest.directory().isLocalDomain(domain);
            } finally {
                newest.leave();
            }
        }

        @Override
        public List<Account> recipients(Mailbox address) throws DirectoryException {
            Generation newest = entered();
            try {
                return newest.directory().recipients(address);
            } finally {
                newest.leave();
            }
        }

        @Override
        public boolean isWritten(Mailbox address) throws DirectoryException {
            Generation newest = entered();
            try {
                return newest.directory().isWritten(address);
            } finally {
                newest.leave();
            }
        }

        @Override
        public Optional<Account> authenticate(String user, char[] password) throws DirectoryException {
            Generation newest = entered();
            try {
                return newest.directory().authenticate(user, password);
            } finally {
                newest.leave();
            }
        }

        @Override
        public List<Account> accounts() throws DirectoryException {
            Generation newest = entered();
            try {
                return newest.directory().accounts();
            } finally {
                newest.leave();
            }
        }
    }
}
