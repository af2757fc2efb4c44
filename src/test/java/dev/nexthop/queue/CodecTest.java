package dev.nexthop.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Requests;
import dev.nexthop.mail.Step;
import dev.nexthop.store.CorruptRecordException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CodecTest {
    private static final QueueId ID = new QueueId(1L << 40);

    @Test
    void everyMessageComesBack() throws Exception {
        for (int seed = 0; seed < 2_000; seed++) {
            MessageRecord message = new Samples(new SplittableRandom(seed)).message();
            assertThat(MessageCodec.decode(ID, MessageCodec.encode(message)))
                    .as("seed %d", seed)
                    .isEqualTo(message);
        }
    }

    @Test
    void everyStateComesBack() throws Exception {
        for (int seed = 0; seed < 2_000; seed++) {
            List<RecipientState> states = new Samples(new SplittableRandom(seed)).states();
            assertThat(StateCodec.decode(ID, StateCodec.encode(states)))
                    .as("seed %d", seed)
                    .isEqualTo(states);
        }
    }

    @Test
    void everyValueOfEveryEnumHasAStoredNumber() {
        assertThat(MessageCodec.BODY_TYPES).containsExactlyInAnyOrder(BodyType.values());
        assertThat(RequestsCodec.RETURNED).containsExactlyInAnyOrder(Requests.Returned.values());
        assertThat(RequestsCodec.NOTIFY).containsExactlyInAnyOrder(Requests.Notify.values());
        assertThat(RequestsCodec.MODES).containsExactlyInAnyOrder(Requests.Mode.values());
        assertThat(MessageCodec.PLACES).containsExactlyInAnyOrder(MessageRecord.Place.values());
        assertThat(StateCodec.STATUSES).containsExactlyInAnyOrder(RecipientStatus.values());
        assertThat(StateCodec.ERRORS).containsExactlyInAnyOrder(ErrorKind.values());
        assertThat(StateCodec.STEPS).containsExactlyInAnyOrder(Step.values());
    }

    @Test
    void aRecordCutAnywhereIsCorrupt() {
        MessageRecord one = new Samples(new SplittableRandom(1)).message();
        for (int seed = 2; !one.envelope().requests().any(); seed++) {
            one = new Samples(new SplittableRandom(seed)).message();
        }
        byte[] message = MessageCodec.encode(one);
        byte[] states = StateCodec.encode(new Samples(new SplittableRandom(2)).states());
        for (int length = 0; length < message.length; length++) {
            byte[] cut = Arrays.copyOf(message, length);
            assertThatThrownBy(() -> MessageCodec.decode(ID, cut)).isInstanceOf(CorruptRecordException.class);
        }
        for (int length = 0; length < states.length; length++) {
            byte[] cut = Arrays.copyOf(states, length);
            assertThatThrownBy(() -> StateCodec.decode(ID, cut)).isInstanceOf(CorruptRecordException.class);
        }
    }

    @Test
    void fiftyRecipientsWithOneTraceCostLittle() {
        List<String> recipients = java.util.stream.IntStream.range(0, 50)
                .mapToObj(i -> "user" + i + "@example.org")
                .toList();
        LastAttempt last = CodecFuzzTest.attemptWithTrace(java.util.stream.IntStream.range(0, 60)
                .mapToObj(i -> "rule " + i + ": rcpt_domain == 'example.org'")
                .toList());
        List<RecipientState> states = Samples.scheduled(Samples.envelope(recipients.toArray(String[]::new))).stream()
                .map(state -> new RecipientState(
                        state.address(),
                        RecipientStatus.DEFERRED,
                        1,
                        0,
                        state.due(),
                        state.notifyAt(),
                        state.expires(),
                        java.util.Optional.of(last)))
                .toList();
        // 60 lines of 39 octets would be 117,000 octets if each recipient carried its own.
        assertThat(StateCodec.encode(states).length).isLessThan(12_000);
    }
}
