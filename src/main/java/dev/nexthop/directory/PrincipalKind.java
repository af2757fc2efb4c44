package dev.nexthop.directory;

/** What a principal is ({@code class}). */
public enum PrincipalKind {
    /** A person. */
    INDIVIDUAL("individual"),
    /** A person who may administer; for mail a person like any other. */
    ADMIN("admin"),
    /** A group with a mailbox of its own, as in Stalwart 0.7. */
    GROUP("group"),
    /** A list: its mail goes to its members and stays nowhere else. */
    LIST("list");

    private final String word;

    PrincipalKind(String word) {
        this.word = word;
    }

    /** The word in the configuration. */
    public String word() {
        return word;
    }
}
