package dev.nexthop.expr;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Reads address literals; never asks DNS. */
final class AddressConversion implements Conversion<InetAddress> {
    @Override
    public String expected() {
        return "an IPv4 or IPv6 address such as '192.0.2.1'";
    }

    @Override
    public boolean accepts(Type type) {
        return type == Type.TEXT || type == Type.ANY;
    }

    @Override
    public InetAddress convert(Value value) throws EvaluationException {
        byte[] octets = value instanceof Value.Text(String text) ? AddressLiteral.parse(text) : null;
        if (octets == null) {
            throw Mismatch.of(value, expected());
        }
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + octets.length + " octets", e);
        }
    }
}
