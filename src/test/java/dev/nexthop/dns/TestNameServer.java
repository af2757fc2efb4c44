package dev.nexthop.dns;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Master;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * A name server on loopback, UDP and TCP on one port, for tests. It answers from records given as lines of a zone file
 * and says that everything else does not exist; faults make it answer wrongly, or not at all, for single names.
 *
 * <pre>
 * try (TestNameServer dns = TestNameServer.start("""
 *         example.org.     300 IN MX 10 mx.example.org.
 *         mx.example.org.  300 IN A  192.0.2.1
 *         """)) {
 *     dns.fault("broken.example.", TestNameServer.Fault.SERVFAIL);
 *     Resolver resolver = DnsjavaResolver.of(dns.settings());
 *     …
 *     assertThat(dns.questions("example.org.", "MX")).isEqualTo(1);
 * }
 * </pre>
 *
 * <p>All names are absolute. Records may be added and removed while it runs.
 */
public final class TestNameServer implements AutoCloseable {
    /** TTL and minimum of the SOA record that comes with negative answers. */
    public static final int NEGATIVE_TTL = 60;

    private static final int CHAIN_LIMIT = 16;

    private final DatagramSocket udp;
    private final ServerSocket tcp;
    private final List<Record> zone = new CopyOnWriteArrayList<>();
    private final Map<Name, Fault> faults = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
    private final AtomicInteger all = new AtomicInteger();
    private final AtomicInteger overTcp = new AtomicInteger();
    private final Set<Name> secure = ConcurrentHashMap.newKeySet();
    private volatile String flags = "";
    private volatile boolean resolver = true;

    /** What can be wrong with the answers for a name. */
    public enum Fault {
        /** The answer is SERVFAIL. */
        SERVFAIL,
        /** The answer is REFUSED. */
        REFUSED,
        /** No answer, by UDP or TCP. */
        SILENT,
        /** No answer by UDP, the right one by TCP. */
        SILENT_UDP,
        /** Truncated by UDP, the right one by TCP. */
        TRUNCATED,
        /** Truncated by UDP, and by TCP the connection closes. */
        TRUNCATED_WITHOUT_TCP,
        /** A referral to other servers, as of a server that is no resolver and knows nothing. */
        LAME,
        /** Octets that are no DNS message. */
        GARBAGE,
        /** The right answer under the wrong message id. */
        WRONG_ID,
        /** FORMERR to queries with EDNS, the right answer to others. */
        NO_EDNS,
        /** An answer for another name, and nothing for this one. */
        OTHER_NAME,
        /** SERVFAIL with the extended error "DNSSEC bogus"; the right answer to queries with CD. */
        BOGUS,
        /** SERVFAIL without a word; the right answer to queries with CD. */
        SILENTLY_BOGUS,
        /** SERVFAIL with the extended error "no reachable authority". */
        UNREACHABLE
    }

    private TestNameServer(DatagramSocket udp, ServerSocket tcp) {
        this.udp = udp;
        this.tcp = tcp;
    }

    /**
     * Starts a server.
     *
     * @param zone lines of a zone file with absolute names; may be empty
     */
    public static TestNameServer start(String zone) {
        TestNameServer server = bind().add(zone);
        Thread.ofVirtual().name("test-dns-udp").start(server::serveUdp);
        Thread.ofVirtual().name("test-dns-tcp").start(server::serveTcp);
        return server;
    }

    private static TestNameServer bind() {
        InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
        IOException last = new IOException("no port free");
        for (int i = 0; i < 50; i++) {
            try {
                ServerSocket tcp = new ServerSocket(0, 50, loopback);
                try {
                    return new TestNameServer(new DatagramSocket(tcp.getLocalPort(), loopback), tcp);
                } catch (IOException e) {
                    tcp.close();
                    last = e; // The port is taken for UDP: another one.
                }
            } catch (IOException e) {
                last = e;
            }
        }
        throw new UncheckedIOException(last);
    }

    /** Where it listens, by UDP and TCP. */
    public InetSocketAddress address() {
        return new InetSocketAddress(udp.getLocalAddress(), udp.getLocalPort());
    }

    /** Settings that ask this server alone, with timeouts for tests: 1 s, two tries, TCP when UDP fails. */
    public ResolverSettings settings() {
        return settings(Duration.ofSeconds(1));
    }

    /** The same, believed about DNSSEC, with the names to test that with. */
    public ResolverSettings believed(String signed, String bogus) {
        return new ResolverSettings(
                List.of(address()),
                Duration.ofSeconds(1),
                2,
                true,
                1_000,
                new DnssecSettings(DnssecSettings.Mode.TRUST_AD, List.of(), "", signed, bogus));
    }

    /** The same with another timeout, for names that get no answer: a look-up takes up to four of it. */
    public ResolverSettings settings(Duration timeout) {
        return new ResolverSettings(List.of(address()), timeout, 2, true, 1_000);
    }

    /** Adds records, given as lines of a zone file with absolute names. */
    public TestNameServer add(String lines) {
        try (Master master = new Master(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)))) {
            for (Record record = master.nextRecord(); record != null; record = master.nextRecord()) {
                zone.add(record);
            }
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes all records of a name. */
    public TestNameServer remove(String name) {
        Name gone = name(name);
        zone.removeIf(record -> record.getName().equals(gone));
        return this;
    }

    /** Makes answers for a name go wrong; the fault strikes before any CNAME is followed. */
    public TestNameServer fault(String name, Fault fault) {
        faults.put(name(name), fault);
        return this;
    }

    /** Makes answers for a name right again. */
    public TestNameServer mend(String name) {
        faults.remove(name(name));
        return this;
    }

    /** Marks answers about these names as secure, if all names on their way are among them. */
    public TestNameServer secure(String... names) {
        Arrays.stream(names).map(TestNameServer::name).forEach(secure::add);
        return this;
    }

    /** Those of DO, AD and CD that were set in the last query, such as {@code "DO AD"}. */
    public String flags() {
        return flags;
    }

    /** Leaves CNAMEs to the asker, as an authoritative server does whose zone ends there. */
    public TestNameServer followNoCnames() {
        resolver = false;
        return this;
    }

    /** How often a name and type were asked for, TCP included. */
    public int questions(String name, String type) {
        AtomicInteger count = asked.get(key(name(name), Type.value(type)));
        return count == null ? 0 : count.get();
    }

    /** How many questions came in all. */
    public int questions() {
        return all.get();
    }

    /** How many questions came by TCP. */
    public int tcpQuestions() {
        return overTcp.get();
    }

    private static Name name(String text) {
        return Name.fromConstantString(text.endsWith(".") ? text : text + ".");
    }

    private static String key(Name name, int type) {
        return name.canonicalize() + " " + Type.string(type);
    }

    private void serveUdp() {
        byte[] buffer = new byte[65_535];
        while (!udp.isClosed()) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                udp.receive(packet);
                byte[] query = Arrays.copyOf(buffer, packet.getLength());
                Optional<byte[]> reply = reply(query, false);
                if (reply.isPresent()) {
                    udp.send(new DatagramPacket(reply.get(), reply.get().length, packet.getSocketAddress()));
                }
            } catch (IOException ignored) {
                // Closed, or a datagram that is no DNS message: a name server says nothing to that.
            }
        }
    }

    private void serveTcp() {
        while (!tcp.isClosed()) {
            try {
                Socket socket = tcp.accept();
                Thread.ofVirtual().name("test-dns-connection").start(() -> serve(socket));
            } catch (IOException ignored) {
                // Closed.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket;
                DataInputStream in = new DataInputStream(socket.getInputStream());
                DataOutputStream out = new DataOutputStream(socket.getOutputStream())) {
            while (true) {
                byte[] query = in.readNBytes(in.readUnsignedShort());
                Optional<byte[]> reply = reply(query, true);
                if (reply.isEmpty()) {
                    if (faultOf(new Message(query)) == Fault.TRUNCATED_WITHOUT_TCP) {
                        return;
                    }
                    continue;
                }
                byte[] framed = new byte[reply.get().length + 2];
                framed[0] = (byte) (reply.get().length >> 8);
                framed[1] = (byte) reply.get().length;
                System.arraycopy(reply.get(), 0, framed, 2, reply.get().length);
                out.write(framed);
                out.flush();
            }
        } catch (IOException ignored) {
            // The asker has gone.
        }
    }

    private @Nullable Fault faultOf(Message query) {
        return faults.get(query.getQuestion().getName());
    }

    private Optional<byte[]> reply(byte[] octets, boolean byTcp) throws IOException {
        Message query = new Message(octets);
        Record question = query.getQuestion();
        all.incrementAndGet();
        if (byTcp) {
            overTcp.incrementAndGet();
        }
        asked.computeIfAbsent(key(question.getName(), question.getType()), _ -> new AtomicInteger())
                .incrementAndGet();
        flags = flags(query);
        Fault fault = faultOf(query);
        if (fault == null) {
            return Optional.of(wire(answer(query), query, byTcp));
        }
        boolean unchecked = query.getHeader().getFlag(Flags.CD);
        return switch (fault) {
            case SERVFAIL -> Optional.of(failure(query, Rcode.SERVFAIL).toWire());
            case REFUSED -> Optional.of(failure(query, Rcode.REFUSED).toWire());
            case SILENT -> Optional.empty();
            case SILENT_UDP -> byTcp ? Optional.of(answer(query).toWire()) : Optional.empty();
            case TRUNCATED ->
                Optional.of(byTcp ? answer(query).toWire() : truncated(query).toWire());
            case TRUNCATED_WITHOUT_TCP ->
                byTcp ? Optional.empty() : Optional.of(truncated(query).toWire());
            case LAME -> Optional.of(referral(query).toWire());
            case GARBAGE -> Optional.of(garbage(query));
            case WRONG_ID -> {
                Message answer = answer(query);
                answer.getHeader().setID(query.getHeader().getID() ^ 1);
                yield Optional.of(answer.toWire());
            }
            case NO_EDNS ->
                Optional.of((query.getOPT() == null ? answer(query) : failure(query, Rcode.FORMERR)).toWire());
            case OTHER_NAME -> Optional.of(otherName(query).toWire());
            case BOGUS -> Optional.of((unchecked ? answer(query) : failure(query, "no signature")).toWire());
            case SILENTLY_BOGUS -> Optional.of((unchecked ? answer(query) : failure(query, Rcode.SERVFAIL)).toWire());
            case UNREACHABLE -> Optional.of(failure(query, "").toWire());
        };
    }

    private static String flags(Message query) {
        List<String> set = new ArrayList<>();
        if (query.getOPT() != null && (query.getOPT().getFlags() & ExtendedFlags.DO) != 0) {
            set.add("DO");
        }
        if (query.getHeader().getFlag(Flags.AD)) {
            set.add("AD");
        }
        if (query.getHeader().getFlag(Flags.CD)) {
            set.add("CD");
        }
        return String.join(" ", set);
    }

    /** SERVFAIL with an extended error: bogus for the reason given, or no reachable authority when there is none. */
    private static Message failure(Message query, String bogus) {
        Message answer = failure(query, Rcode.SERVFAIL);
        ExtendedErrorCodeOption error = bogus.isEmpty()
                ? new ExtendedErrorCodeOption(ExtendedErrorCodeOption.NO_REACHABLE_AUTHORITY)
                : new ExtendedErrorCodeOption(ExtendedErrorCodeOption.DNSSEC_BOGUS, bogus);
        answer.addRecord(new OPTRecord(1232, 0, 0, 0, List.of(error)), Section.ADDITIONAL);
        return answer;
    }

    /** RFC 4035 §3.2.3: AD when everything in the answer is authentic. */
    private Message sealed(Message answer) {
        boolean whole = secure.contains(answer.getQuestion().getName())
                && (!resolver
                        || answer.getQuestion().getType() == Type.CNAME
                        || answer.getSection(Section.ANSWER).stream()
                                .filter(CNAMERecord.class::isInstance)
                                .allMatch(alias -> secure.contains(((CNAMERecord) alias).getTarget())));
        if (whole) {
            answer.getHeader().setFlag(Flags.AD);
        }
        return answer;
    }

    private static byte[] wire(Message answer, Message query, boolean byTcp) {
        int limit = query.getOPT() == null ? 512 : query.getOPT().getPayloadSize();
        return byTcp ? answer.toWire() : answer.toWire(limit);
    }

    private static Message begin(Message query) {
        Message answer = new Message(query.getHeader().getID());
        Header header = answer.getHeader();
        header.setFlag(Flags.QR);
        if (query.getHeader().getFlag(Flags.RD)) {
            header.setFlag(Flags.RD);
        }
        answer.addRecord(query.getQuestion(), Section.QUESTION);
        return answer;
    }

    private static Message failure(Message query, int code) {
        Message answer = begin(query);
        answer.getHeader().setRcode(code);
        return answer;
    }

    private static Message truncated(Message query) {
        Message answer = begin(query);
        answer.getHeader().setFlag(Flags.TC);
        return answer;
    }

    private static Message referral(Message query) {
        Message answer = begin(query);
        answer.addRecord(
                new NSRecord(Name.root, DClass.IN, 300, Name.fromConstantString("a.root-servers.example.")),
                Section.AUTHORITY);
        return answer;
    }

    private static byte[] garbage(Message query) {
        byte[] octets = new byte[40];
        Arrays.fill(octets, (byte) 0xFF);
        octets[0] = (byte) (query.getHeader().getID() >> 8);
        octets[1] = (byte) query.getHeader().getID();
        return octets;
    }

    private Message otherName(Message query) {
        Message answer = begin(query);
        Name other = Name.fromConstantString("other.example.");
        for (Record record : zone) {
            if (record.getType() == query.getQuestion().getType()) {
                answer.addRecord(
                        Record.newRecord(other, record.getType(), DClass.IN, 300, record.rdataToWireCanonical()),
                        Section.ANSWER);
            }
        }
        return answer;
    }

    private Message answer(Message query) {
        Message answer = unsealed(query);
        return flags(query).contains("AD") ? sealed(answer) : answer;
    }

    private Message unsealed(Message query) {
        Message answer = begin(query);
        answer.getHeader().setFlag(Flags.AA);
        if (resolver) {
            answer.getHeader().setFlag(Flags.RA);
        }
        int type = query.getQuestion().getType();
        Name at = query.getQuestion().getName();
        for (int link = 0; link < CHAIN_LIMIT; link++) {
            List<Record> found = records(at, type);
            found.forEach(record -> answer.addRecord(record, Section.ANSWER));
            if (!found.isEmpty()) {
                return answer;
            }
            List<Record> alias = records(at, Type.CNAME);
            if (alias.isEmpty()) {
                return link > 0 && !resolver ? answer : nothing(answer, at);
            }
            answer.addRecord(alias.getFirst(), Section.ANSWER);
            at = ((CNAMERecord) alias.getFirst()).getTarget();
            if (!resolver) {
                return answer;
            }
        }
        return answer;
    }

    private Message nothing(Message answer, Name at) {
        boolean exists = zone.stream().anyMatch(record -> record.getName().subdomain(at));
        answer.getHeader().setRcode(exists ? Rcode.NOERROR : Rcode.NXDOMAIN);
        Name server = Name.fromConstantString("ns.test.");
        answer.addRecord(
                new SOARecord(Name.root, DClass.IN, NEGATIVE_TTL, server, server, 1, 3600, 600, 86_400, NEGATIVE_TTL),
                Section.AUTHORITY);
        return answer;
    }

    private List<Record> records(Name name, int type) {
        List<Record> found = new ArrayList<>();
        for (Record record : zone) {
            if (record.getType() == type && record.getName().equals(name)) {
                found.add(record);
            }
        }
        return found;
    }

    @Override
    public void close() {
        udp.close();
        try {
            tcp.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
