package dev.nexthop.dns;

import java.util.List;

/** What DNS says about the texts of a name, or the names of an address. */
public sealed interface TextAnswer {
    /**
     * At least one.
     *
     * @param texts in the order of the answer; no longer than DNS allows, 65,535 octets each
     */
    record Texts(List<String> texts) implements TextAnswer {
        /** Copies the list. */
        public Texts {
            texts = List.copyOf(texts);
        }
    }

    /**
     * There are none.
     *
     * @param reason one sentence
     */
    record None(String reason) implements TextAnswer {}

    /**
     * DNS could not say; ask again later.
     *
     * @param reason one sentence
     */
    record TryLater(String reason) implements TextAnswer {}
}
