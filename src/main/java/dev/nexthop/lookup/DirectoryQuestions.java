package dev.nexthop.lookup;

import dev.nexthop.directory.Directory;
import dev.nexthop.directory.DirectoryException;
import dev.nexthop.expr.LookupException;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.Mailbox;

/**
 * What rules ask the directory. It has the names {@code ''} and {@code '*'} beside its own; where Stalwart 0.7 took the default
 * directory for any name it did not know, an unknown name is a failure here, because a misspelt directory must not decide where
 * mail goes.
 *
 * @param id the directory's name in the configuration; empty when it has none
 * @param directory the one directory there is
 */
record DirectoryQuestions(String id, Directory directory) {
    boolean isLocalDomain(String asked, String domain) throws LookupException {
        Directory found = named(asked);
        Domain name;
        try {
            name = new Domain(domain);
        } catch (IllegalArgumentException e) {
            return false; // no domain at all is local to nobody
        }
        try {
            return found.isLocalDomain(name);
        } catch (DirectoryException e) {
            throw new LookupException("the directory could not say: " + e.getMessage(), e);
        }
    }

    boolean isLocalAddress(String asked, String address) throws LookupException {
        Directory found = named(asked);
        Mailbox mailbox;
        try {
            mailbox = Mailbox.parse(address);
        } catch (IllegalArgumentException e) {
            return false; // a text that is no mailbox (RFC 5321 §4.1.2) has no account
        }
        try {
            return !found.recipients(mailbox).isEmpty();
        } catch (DirectoryException e) {
            throw new LookupException("the directory could not say: " + e.getMessage(), e);
        }
    }

    private Directory named(String name) throws LookupException {
        if (isDefault(name) || name.equals(id)) {
            return directory;
        }
        throw new LookupException("there is no directory '" + name + "'; '' and '*' mean the default one"
                + (id.isEmpty() ? "" : ", which is '" + id + "'"));
    }

    /** Whether a rule that writes this id means the default directory or store. */
    static boolean isDefault(String id) {
        return id.isEmpty() || id.equals("*");
    }
}
