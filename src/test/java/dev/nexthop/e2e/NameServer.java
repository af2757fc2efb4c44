package dev.nexthop.e2e;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** The authority for every name in a scenario; what it does not know does not exist. */
final class NameServer implements AutoCloseable {
    private static final int MAX_QUERY = 4096;

    private final DatagramSocket socket;
    private final Map<Name, Map<Integer, RRset>> records = new ConcurrentHashMap<>();
    private final Collection<String> asked = new ConcurrentLinkedQueue<>();

    private NameServer(DatagramSocket socket) {
        this.socket = socket;
        Thread.ofPlatform().daemon().name("name server").start(this::serve);
    }

    /** Answers on that address of the namespace. */
    static NameServer on(Namespace namespace, String address, int port) throws IOException {
        return new NameServer(namespace.inside(() -> new DatagramSocket(new InetSocketAddress(address, port))));
    }

    /** Adds a record, such as {@code relay.example.org. A 192.0.2.25}. */
    NameServer with(String name, String type, String value) throws IOException {
        Name owner = Name.fromString(name);
        int number = Type.value(type);
        Record parsed = Record.fromString(owner, number, org.xbill.DNS.DClass.IN, 60, value, Name.root);
        records.computeIfAbsent(owner, _ -> new ConcurrentHashMap<>())
                .computeIfAbsent(number, _ -> new RRset())
                .addRR(parsed);
        return this;
    }

    /** Every question so far, as {@code name. TYPE}. */
    List<String> asked() {
        return List.copyOf(asked);
    }

    private void serve() {
        byte[] buffer = new byte[MAX_QUERY];
        while (!socket.isClosed()) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                socket.receive(packet);
                byte[] answer = answer(new Message(java.nio.ByteBuffer.wrap(buffer, 0, packet.getLength())))
                        .toWire();
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    System.err.println("name server: " + e);
                }
            }
        }
    }

    private Message answer(Message query) {
        Record question = query.getQuestion();
        asked.add(question.getName() + " " + Type.string(question.getType()));
        Message answer = new Message(query.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setFlag(Flags.AA);
        answer.getHeader().setFlag(Flags.RA);
        answer.addRecord(question, Section.QUESTION);
        Map<Integer, RRset> types = records.get(question.getName());
        if (types == null) {
            answer.getHeader().setRcode(Rcode.NXDOMAIN);
            return answer;
        }
        RRset set = types.get(question.getType());
        if (set != null) {
            set.rrs().forEach(record -> answer.addRecord(record, Section.ANSWER));
        }
        return answer;
    }

    @Override
    public void close() {
        socket.close();
    }
}
