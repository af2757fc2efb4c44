package dev.nexthop.dns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;

/**
 * A name server on loopback, by UDP alone, that says something else each time. Queries with CD always get the record;
 * the others get what the script has next, and its last line ever after.
 */
final class ScriptedNameServer implements AutoCloseable {
    private final DatagramSocket udp;
    private final Queue<Line> script;
    private final AtomicInteger asked = new AtomicInteger();

    /** What a query without CD gets. */
    enum Line {
        /** The record, with AD. */
        SECURE,
        /** SERVFAIL without a word. */
        SERVFAIL,
        /** SERVFAIL with the extended error "no reachable authority". */
        UNREACHABLE,
        /** REFUSED. */
        REFUSED
    }

    ScriptedNameServer(List<Line> lines) {
        this.script = new ConcurrentLinkedQueue<>(lines);
        try {
            this.udp = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().name("test-dns-script").start(this::serve);
    }

    InetSocketAddress address() {
        return new InetSocketAddress(udp.getLocalAddress(), udp.getLocalPort());
    }

    /** How many questions came in all. */
    int questions() {
        return asked.get();
    }

    private void serve() {
        byte[] buffer = new byte[4_096];
        while (!udp.isClosed()) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                udp.receive(packet);
                Message query = new Message(Arrays.copyOf(buffer, packet.getLength()));
                asked.incrementAndGet();
                byte[] reply = reply(query).toWire();
                udp.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
            } catch (IOException ignored) {
                // Closed.
            }
        }
    }

    private Message reply(Message query) {
        Record question = query.getQuestion();
        Message reply = new Message(query.getHeader().getID());
        reply.getHeader().setFlag(Flags.QR);
        reply.getHeader().setFlag(Flags.RA);
        reply.addRecord(question, Section.QUESTION);
        Line line = query.getHeader().getFlag(Flags.CD)
                ? Line.SECURE
                : script.size() > 1 ? script.remove() : script.element();
        switch (line) {
            case SECURE -> {
                reply.getHeader().setFlag(Flags.AD);
                reply.addRecord(new TXTRecord(question.getName(), DClass.IN, 300, "here"), Section.ANSWER);
            }
            case SERVFAIL -> reply.getHeader().setRcode(Rcode.SERVFAIL);
            case UNREACHABLE -> {
                reply.getHeader().setRcode(Rcode.SERVFAIL);
                ExtendedErrorCodeOption error =
                        new ExtendedErrorCodeOption(ExtendedErrorCodeOption.NO_REACHABLE_AUTHORITY);
                reply.addRecord(new OPTRecord(1232, 0, 0, 0, List.of(error)), Section.ADDITIONAL);
            }
            case REFUSED -> reply.getHeader().setRcode(Rcode.REFUSED);
        }
        return reply;
    }

    @Override
    public void close() {
        udp.close();
    }
}
