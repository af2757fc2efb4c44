package dev.nexthop.dns;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.xbill.DNS.Master;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;
import org.xbill.DNS.dnssec.ValidatingResolver;

/** The keys that every chain of signatures begins with (RFC 4033 §2). */
public final class TrustAnchors {
    private static final String SHIPPED = "root-anchors.ds";

    private TrustAnchors() {}

    /**
     * Looks whether a text can be used.
     *
     * @param text records in the form of a zone file with absolute names
     * @throws IllegalArgumentException with one sentence when it is no zone file, or has no DS or DNSKEY record, or has
     *     others too
     */
    public static void check(String text) {
        int anchors = 0;
        try (Master master = new Master(stream(text), Name.root, 0)) {
            for (Record record = master.nextRecord(); record != null; record = master.nextRecord()) {
                if (record.getType() != Type.DS && record.getType() != Type.DNSKEY) {
                    throw new IllegalArgumentException("a trust anchor is a DS or DNSKEY record, not "
                            + Type.string(record.getType()) + " of " + record.getName());
                }
                anchors++;
            }
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException("no trust anchors can be read: " + e.getMessage(), e);
        }
        if (anchors == 0) {
            throw new IllegalArgumentException("there is neither a DS nor a DNSKEY record");
        }
    }

    /** Gives a validator what it starts from: the text, or what is shipped when that is empty. */
    static void load(ValidatingResolver validator, String text) {
        try (InputStream anchors = text.isEmpty() ? shipped() : stream(text)) {
            validator.loadTrustAnchors(anchors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream shipped() {
        return Objects.requireNonNull(TrustAnchors.class.getResourceAsStream(SHIPPED), SHIPPED);
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
