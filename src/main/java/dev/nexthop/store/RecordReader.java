package dev.nexthop.store;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads what {@link RecordWriter} wrote. Whatever the bytes are, the worst is a {@link CorruptRecordException}. */
public final class RecordReader {
    private final byte[] bytes;
    private final String what;
    private final int version;
    private final List<String> texts = new ArrayList<>();
    private int at;

    /**
     * Begins to read.
     *
     * @param what names the record in errors
     * @param bytes the record, not copied
     * @param version the one version that the caller can read
     * @throws CorruptRecordException when the record is of another version
     */
    public RecordReader(String what, byte[] bytes, int version) throws CorruptRecordException {
        this(what, bytes, version, version);
    }

    /**
     * Begins to read a record of several versions.
     *
     * @param what names the record in errors
     * @param bytes the record, not copied
     * @param oldest the oldest version that the caller can read
     * @param newest the newest one
     * @throws CorruptRecordException when the record is of another version
     */
    public RecordReader(String what, byte[] bytes, int oldest, int newest) throws CorruptRecordException {
        this.what = what;
        this.bytes = bytes;
        this.version = octet();
        if (version < oldest || version > newest) {
            String readable = oldest == newest ? "version " + newest : "versions " + oldest + " to " + newest;
            throw corrupt("has version " + version + ", this program reads " + readable);
        }
    }

    /** The version of the record. */
    public int version() {
        return version;
    }

    /** Reads a number of 0 to 255. */
    public int octet() throws CorruptRecordException {
        if (at >= bytes.length) {
            throw corrupt("ends too early");
        }
        return bytes[at++] & 0xFF;
    }

    /** Reads yes or no. */
    public boolean flag() throws CorruptRecordException {
        return below(octet(), 2) == 1;
    }

    /** Reads a number. */
    public long number() throws CorruptRecordException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int octet = octet();
            value |= (octet & 0x7FL) << shift;
            if (octet < 0x80) {
                return value;
            }
        }
        throw corrupt("holds an endless number");
    }

    /** Reads a number that is not negative and fits an int. */
    public int count() throws CorruptRecordException {
        long value = number();
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw corrupt("holds the number " + value + " where that makes no sense");
        }
        return (int) value;
    }

    /** Reads how many elements follow; each takes at least one octet, so that a lie can't cost memory. */
    public int elements() throws CorruptRecordException {
        int count = count();
        if (count > bytes.length - at) {
            throw corrupt("promises " + count + " elements and ends before");
        }
        return count;
    }

    /**
     * Reads one of a closed list of values.
     *
     * @param values in the order of their stored numbers
     */
    public <T> T oneOf(List<T> values) throws CorruptRecordException {
        return values.get(below(octet(), values.size()));
    }

    /** Reads a moment. */
    public Instant instant() throws CorruptRecordException {
        long folded = number();
        long nanos = number();
        if (nanos < 0 || nanos > 999_999_999) {
            throw corrupt("holds " + nanos + " nanoseconds");
        }
        try {
            return Instant.ofEpochSecond(folded >>> 1 ^ -(folded & 1), nanos);
        } catch (DateTimeException e) {
            throw new CorruptRecordException(place("holds a moment out of range"), e);
        }
    }

    /** Reads a text. */
    public String text() throws CorruptRecordException {
        int reference = count();
        if (reference > 0) {
            return texts.get(below(reference - 1, texts.size()));
        }
        int length = span();
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, at, length))
                    .toString();
            at += length;
            texts.add(text);
            return text;
        } catch (CharacterCodingException e) {
            throw new CorruptRecordException(place("holds a text that is not UTF-8"), e);
        }
    }

    /** Reads octets. */
    public byte[] bytes() throws CorruptRecordException {
        int length = span();
        byte[] value = Arrays.copyOfRange(bytes, at, at + length);
        at += length;
        return value;
    }

    /** Makes sure that nothing follows. */
    public void end() throws CorruptRecordException {
        if (at != bytes.length) {
            throw corrupt("goes on behind its end");
        }
    }

    /**
     * An error about this record.
     *
     * @param trouble goes on after the record's name
     */
    public CorruptRecordException corrupt(String trouble) {
        return new CorruptRecordException(place(trouble));
    }

    /**
     * An error about a value that its type refused.
     *
     * @param refusal of the constructor
     */
    public CorruptRecordException corrupt(IllegalArgumentException refusal) {
        return new CorruptRecordException(place("holds a value that makes no sense: " + refusal.getMessage()), refusal);
    }

    private int span() throws CorruptRecordException {
        int length = count();
        if (length > bytes.length - at) {
            throw corrupt("promises " + length + " octets and ends before");
        }
        return length;
    }

    private int below(int value, int limit) throws CorruptRecordException {
        if (value >= limit) {
            throw corrupt("holds the number " + value + " where less than " + limit + " is allowed");
        }
        return value;
    }

    private String place(String trouble) {
        return what + " " + trouble + " (at octet " + at + " of " + bytes.length + ")";
    }
}
