package dev.nexthop.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Requests;
import dev.nexthop.mail.RouteTrace;
import dev.nexthop.mail.RuleStep;
import dev.nexthop.mail.Step;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.RecordWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
        assertThat(RouteCodec.STATES).containsExactlyInAnyOrder(RuleStep.State.values());
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
        LastAttempt last = CodecFuzzTest.attemptWithTrace(new RouteTrace(
                "relay",
                "rule 60 chose the relay",
                java.util.stream.IntStream.range(0, 60)
                        .mapToObj(i -> new RuleStep(
                                i + 1,
                                RuleStep.State.PASSED,
                                "rcpt_domain = 'example" + i + ".org'",
                                "'relay'",
                                "nexthop.toml:" + i + ":1",
                                Map.of("rcpt_domain", "example.net"),
                                List.of(),
                                List.of("rcpt_domain = 'example" + i
                                        + ".org' is false because rcpt_domain is 'example.net'"),
                                ""))
                        .toList()));
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
        // 60 rules of some 150 octets would be 450,000 octets if each recipient carried its own.
        assertThat(StateCodec.encode(states).length).isLessThan(25_000);
    }

    @Test
    void onlyAStateThatOlderProgramsDoNotKnowIsHiddenFromThem() throws Exception {
        for (RecipientStatus status : RecipientStatus.values()) {
            List<RecipientState> states = Samples.scheduled(Samples.envelope("a@b.test")).stream()
                    .map(state -> new RecipientState(
                            state.address(),
                            status,
                            1,
                            0,
                            state.due(),
                            state.notifyAt(),
                            state.expires(),
                            java.util.Optional.empty()))
                    .toList();
            byte[] record = StateCodec.encode(states);
            boolean untold = status == RecipientStatus.DELIVERED_UNTOLD || status == RecipientStatus.RELAYED_UNTOLD;
            int version = status == RecipientStatus.EXPANDED_UNTOLD ? 4 : untold ? 3 : 2;
            assertThat(record[0]).as(status.name()).isEqualTo((byte) version);
            assertThat(StateCodec.decode(ID, record)).isEqualTo(states);
        }
    }

    @Test
    void aStateOfBeforeIsReadWithTheLastLineOfItsTrace() throws Exception {
        RecordWriter writer = new RecordWriter(1).number(1);
        MessageCodec.writeMailbox(writer, Mailbox.parse("a@b.test"));
        writer.octet(1)
                .number(1)
                .number(0)
                .instant(Samples.NOW)
                .instant(Samples.NOW)
                .instant(Samples.NOW)
                .flag(true);
        writer.instant(Samples.NOW).text("relay").octet(4).number(4).number(1);
        writer.octet(0).text("no answer").text("").text("").octet(2).flag(false);
        writer.number(2).text("rule 1 at t.toml:1:1: else").text("so: rule 1 chose the relay");
        assertThat(StateCodec.decode(ID, writer.record())
                        .getFirst()
                        .last()
                        .orElseThrow()
                        .route())
                .isEqualTo(new RouteTrace("", "so: rule 1 chose the relay", List.of()));
    }
}
