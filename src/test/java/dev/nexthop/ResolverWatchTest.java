package dev.nexthop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.dns.DnsjavaResolver;
import dev.nexthop.dns.TestNameServer;
import dev.nexthop.event.AcceptedEvent;
import dev.nexthop.event.DeliveryEvent;
import dev.nexthop.event.Events;
import dev.nexthop.event.TlsEvent;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ResolverWatchTest {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final TestNameServer dns = TestNameServer.start("""
            broken.example. 300 IN A 192.0.2.1
            signed.example. 300 IN A 192.0.2.2
            """).secure("signed.example");
    private final ResolverWatch watch = new ResolverWatch(new Heard());

    private final class Heard implements Events {
        @Override
        public void delivery(DeliveryEvent event) {}

        @Override
        public void accepted(AcceptedEvent event) {}

        @Override
        public void tls(TlsEvent event) {}

        @Override
        public void alarm(String subject, String text) {
            heard.add("alarm " + subject + ": " + text);
        }

        @Override
        public void relief(String subject, String text) {
            heard.add("relief " + subject + ": " + text);
        }
    }

    @AfterEach
    void close() {
        watch.close();
        dns.close();
    }

    private DnsjavaResolver resolver() {
        return DnsjavaResolver.of(dns.believed("signed.example", "broken.example"));
    }

    @Test
    void theOperatorIsCalledOnceAndToldWhenItIsOver() throws Exception {
        assertThat(watch.line()).startsWith("untested: ");
        watch.serve(resolver(), true);
        assertThat(heard.poll(10, TimeUnit.SECONDS)).startsWith("alarm dnssec: DANE is off: the resolver does not");
        assertThat(watch.line()).startsWith("unable: the resolver does not validate");
        watch.serve(resolver(), true); // Another one that is no better: one call is enough.
        dns.fault("broken.example", TestNameServer.Fault.BOGUS);
        watch.serve(resolver(), true);
        assertThat(heard.poll(10, TimeUnit.SECONDS)).startsWith("relief dnssec: ");
        assertThat(heard).isEmpty();
    }

    @Test
    void whereNobodyIsToLookNobodyIsCalled() throws Exception {
        watch.serve(resolver(), true);
        assertThat(heard.poll(10, TimeUnit.SECONDS)).startsWith("alarm");
        watch.serve(DnsjavaResolver.of(dns.settings()), false);
        assertThat(heard.poll(10, TimeUnit.SECONDS)).startsWith("relief");
    }
}
