package dev.nexthop.directory;

import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.Mailbox;
import java.util.List;
import java.util.Optional;

/** Nobody is local. */
public class EmptyDirectory implements Directory {
    @Override
    public boolean isLocalDomain(Domain domain) {
        return false;
    }

    @Override
    public List<Account> recipients(Mailbox address) {
        return List.of();
    }

    @Override
    public boolean isWritten(Mailbox address) {
        return false;
    }

    @Override
    public Optional<Account> authenticate(String user, char[] password) throws DirectoryException {
        return Optional.empty();
    }

    @Override
    public List<Account> accounts() {
        return List.of();
    }
}
