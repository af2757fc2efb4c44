package dev.nexthop.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.client.Extras;
import dev.nexthop.client.StepTimeouts;
import dev.nexthop.client.Target;
import dev.nexthop.mail.Requests;
import dev.nexthop.mime.SevenBit;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.smtp.Dialect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What goes with some recipients of many. */
class GroupsTest {
    private static Requests.Recipient named(String address) {
        return new Requests.Recipient(Set.of(), Optional.of(new Requests.Original("rfc822", address)));
    }

    /** A job may have fewer recipients than the envelope, in another order, and some that no RCPT named. */
    @Test
    void eachRecipientKeepsWhatWasAskedAboutIt() {
        String[] all = new String[5_000];
        List<Requests.Recipient> asked = new ArrayList<>();
        for (int i = 0; i < all.length; i++) {
            all[i] = "r" + i + "@x.example";
            asked.add(named(all[i]));
        }
        Requests requests = new Requests(Optional.empty(), "id", asked, false, Optional.empty(), Optional.empty());
        Job whole = Scene.asking(requests, Scene.job(new NextHop.Local(), all));
        Job stranger = Scene.job(new NextHop.Local(), "else@x.example");
        Job job = new Job(
                whole.id(),
                whole.envelope(),
                whole.body(),
                whole.hop(),
                List.of(
                        whole.recipients().get(4_999),
                        whole.recipients().get(0),
                        stranger.recipients().getFirst(),
                        whole.recipients().get(17)));
        Target target = new Target(
                "hop",
                "h.example",
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 25),
                Optional.empty(),
                Dialect.SMTP,
                Scene.CLEAR,
                Optional.empty(),
                "us");
        Extras extras = Groups.extras(
                job,
                List.of(3, 0, 2),
                new Courier.Stop(
                        target, StepTimeouts.DEFAULT, RemoteHost.Limits.DEFAULT, true, SevenBit.Policy.UNLESS_SIGNED),
                Instant.EPOCH,
                Instant.EPOCH);
        assertThat(extras.requests().recipients())
                .containsExactly(named("r17@x.example"), named("r4999@x.example"), Requests.Recipient.NONE);
        assertThat(extras.requests().envelopeId()).isEqualTo("id");
    }
}
