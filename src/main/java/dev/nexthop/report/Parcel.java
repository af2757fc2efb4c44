package dev.nexthop.report;

/**
 * One place that a report goes to.
 *
 * @param uri of the domain's record, {@code mailto:} or {@code https:}
 * @param queued the queue id of the mail with it, written down before the mail is committed; empty for none
 * @param done whether nothing is left to do
 */
record Parcel(String uri, String queued, boolean done) {
    static Parcel fresh(String uri) {
        return new Parcel(uri, "", false);
    }

    Parcel queuedAs(String id) {
        return new Parcel(uri, id, false);
    }

    Parcel finished() {
        return new Parcel(uri, queued, true);
    }
}
