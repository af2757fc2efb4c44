package dev.nexthop.admin;

import dev.nexthop.directory.Account;
import dev.nexthop.directory.Directory;
import dev.nexthop.directory.DirectoryException;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.Mailbox;
import java.util.List;
import java.util.Optional;

/** A directory in which example.org is local and nobody lives there; it fails for broken.example. */
final class OneDomain implements Directory {
    @Override
    public boolean isLocalDomain(Domain domain) throws DirectoryException {
        if (domain.name().equals("broken.example")) {
            throw new DirectoryException("away");
        }
        return domain.name().equals("example.org");
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
    public Optional<Account> authenticate(String user, char[] password) {
        return Optional.empty();
    }

    @Override
    public List<Account> accounts() {
        return List.of();
    }
}
