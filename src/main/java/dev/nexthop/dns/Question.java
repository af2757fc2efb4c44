package dev.nexthop.dns;

import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/**
 * A question to DNS, in the class IN.
 *
 * @param name absolute; case does not count
 * @param type as in {@link Type}
 */
record Question(Name name, int type) {
    @Override
    public String toString() {
        return Type.string(type) + " of " + name.toString(true);
    }
}
