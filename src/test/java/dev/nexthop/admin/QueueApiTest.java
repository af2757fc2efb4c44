package dev.nexthop.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.mail.QueueId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Answers that are not the whole say so, and where to go on. */
class QueueApiTest {
    private static final QueueId ID = AdminServerTest.ID;

    private final RecordingQueue queue = new RecordingQueue();
    private final Api api =
            new Api(new AdminServer.Subjects(queue, new OneDomain(), Optional.empty(), () -> true, new Reloading() {
                @Override
                public Result reload(boolean dryRun) {
                    throw new AssertionError("not asked");
                }

                @Override
                public String state() {
                    return "";
                }
            }));

    private Answer list(Map<String, String> query) throws IOException {
        return api.answer("GET", List.of("queue", "messages"), query, "admin");
    }

    /** RFC 9110 §15.6.4: whoever looks at the status alone does not take a part for the whole. */
    @Test
    void anActionThatWasNotForAllSaysForHowManyAndWhereToGoOn() throws IOException {
        Map<String, String> query = Map.of("queue", RecordingQueue.SLOW, "from", ID.toString());
        Answer answer = api.answer("POST", List.of("queue", "hold"), query, "admin");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(new String(answer.content(), StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"recipients\":7,\"undecided\":2,\"error\":\"recipients of which nobody can say whether they"
                                + " are in the virtual queue 'slow' were left as they are: the directory is away\",\"next\":\""
                                + ID + "\"}");
        assertThat(queue.filters.getFirst().from()).contains(ID);
    }

    @Test
    void aListThatWasCutSaysWhereToGoOn() throws IOException {
        assertThat(list(Map.of("limit", "1", "from", ID.toString())).fields())
                .containsEntry("X-Next", ID.toString())
                .containsEntry("X-More", "true");
        assertThat(list(Map.of()).fields()).isEmpty();
    }
}
