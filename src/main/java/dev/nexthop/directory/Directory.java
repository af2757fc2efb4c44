package dev.nexthop.directory;

import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.Mailbox;
import java.util.List;
import java.util.Optional;

/** Who is local and who may log in. Calls may block for a bounded time. */
public interface Directory {
    /**
     * Whether mail for the domain ends here.
     *
     * @throws DirectoryException when the directory can't say
     */
    boolean isLocalDomain(Domain domain) throws DirectoryException;

    /**
     * The accounts that receive mail for an address: sub-addressing, lists and catch-all applied.
     *
     * @return empty when nobody does
     * @throws DirectoryException when the directory can't say
     */
    List<Account> recipients(Mailbox address) throws DirectoryException;

    /**
     * Whether an address is written in the directory as a whole, so that neither sub-addressing nor a catch-all took part in
     * finding its {@link #recipients}.
     *
     * @return false also when it has none
     * @throws DirectoryException when the directory can't say
     */
    boolean isWritten(Mailbox address) throws DirectoryException;

    /**
     * Checks a password.
     *
     * @param user the name or an address of the account
     * @param password as given by the client; the caller clears it
     * @return the account when both fit
     * @throws DirectoryException when the directory can't say
     */
    Optional<Account> authenticate(String user, char[] password) throws DirectoryException;

    /**
     * All accounts, by name.
     *
     * @throws DirectoryException when the directory can't say
     */
    List<Account> accounts() throws DirectoryException;
}
