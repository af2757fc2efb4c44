package dev.nexthop.store;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes the fields of a record, compactly: numbers take as many octets as they need, a text that came before is a
 * reference to it. The first octet is the version of the record. {@link RecordReader} reads it back.
 */
public final class RecordWriter {
    private static final int FIRST_CAPACITY = 256;

    private final Map<String, Integer> texts = new HashMap<>();
    private byte[] bytes = new byte[FIRST_CAPACITY];
    private int length;

    /**
     * Begins a record.
     *
     * @param version 1 to 127, of the layout of its fields
     */
    public RecordWriter(int version) {
        octet(version);
    }

    /** Writes a number of 0 to 255. */
    public RecordWriter octet(int value) {
        room(1);
        bytes[length++] = (byte) value;
        return this;
    }

    /** Writes yes or no. */
    public RecordWriter flag(boolean value) {
        return octet(value ? 1 : 0);
    }

    /** Writes a number; small ones that are not negative take least. */
    public RecordWriter number(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
        return this;
    }

    /** Writes a moment, to the nanosecond. */
    public RecordWriter instant(Instant value) {
        long seconds = value.getEpochSecond();
        return number(seconds << 1 ^ seconds >> 63).number(value.getNano());
    }

    /** Writes a text. Unpaired surrogates become question marks. */
    public RecordWriter text(String value) {
        Integer before = texts.get(value);
        if (before != null) {
            return number(before + 1);
        }
        texts.put(value, texts.size());
        return number(0).bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes octets. */
    public RecordWriter bytes(byte[] value) {
        number(value.length);
        room(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
        return this;
    }

    /** The record. */
    public byte[] record() {
        return Arrays.copyOf(bytes, length);
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(length, more)));
        }
    }
}
