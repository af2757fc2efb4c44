package dev.nexthop.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.RouteTrace;
import dev.nexthop.mail.Step;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.store.CorruptRecordException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whatever the bytes are, a record is read or reported as corrupt; what can be read can be written and read again. */
class CodecFuzzTest {
    private static final QueueId ID = new QueueId(7);

    static LastAttempt attemptWithTrace(RouteTrace trace) {
        Diagnosis diagnosis =
                Diagnosis.local(new EnhancedStatus(4, 4, 1), ErrorKind.CONNECTION, "no answer", Step.CONNECT);
        return new LastAttempt(Samples.NOW, "mx", diagnosis, trace);
    }

    @FuzzTest(maxDuration = "10s")
    void message(byte[] bytes) throws Exception {
        readMessage(bytes);
    }

    @FuzzTest(maxDuration = "10s")
    void state(byte[] bytes) throws Exception {
        readState(bytes);
    }

    /** The same over damaged real records, so that a plain run reaches deep into them. */
    @Test
    void damagedRecords() throws Exception {
        SplittableRandom random = new SplittableRandom(3);
        int read = 0;
        for (int i = 0; i < 4_000; i++) {
            boolean message = random.nextBoolean();
            Samples samples = new Samples(random);
            byte[] bytes = message ? MessageCodec.encode(samples.message()) : StateCodec.encode(samples.states());
            for (int hits = random.nextInt(3); hits >= 0; hits--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            read += (message ? readMessage(bytes) : readState(bytes)) ? 1 : 0;
        }
        assertThat(read).isBetween(1, 3_999);
    }

    private static boolean readMessage(byte[] bytes) throws Exception {
        MessageRecord message;
        try {
            message = MessageCodec.decode(ID, bytes);
        } catch (CorruptRecordException e) {
            return false;
        }
        assertThat(MessageCodec.decode(ID, MessageCodec.encode(message))).isEqualTo(message);
        return true;
    }

    private static boolean readState(byte[] bytes) throws Exception {
        List<RecipientState> states;
        try {
            states = StateCodec.decode(ID, bytes);
        } catch (CorruptRecordException e) {
            return false;
        }
        assertThat(StateCodec.decode(ID, StateCodec.encode(states))).isEqualTo(states);
        return true;
    }
}
