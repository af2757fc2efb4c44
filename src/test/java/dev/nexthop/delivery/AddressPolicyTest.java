package dev.nexthop.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressPolicyTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.1,          yes, yes",
        "8.8.8.8,            yes, yes",
        "2001:db8::1,        yes, yes",
        "127.0.0.1,          no,  yes",
        "127.9.9.9,          no,  yes",
        "::1,                no,  yes",
        "::ffff:127.0.0.1,   no,  yes",
        "10.0.0.1,           no,  yes",
        "172.16.0.1,         no,  yes",
        "172.32.0.1,         yes, yes",
        "192.168.1.1,        no,  yes",
        "100.64.0.1,         no,  yes",
        "100.128.0.1,        yes, yes",
        "169.254.1.1,        no,  yes",
        "fe80::1,            no,  yes",
        "fd00::1,            no,  yes",
        "fec0::1,            no,  yes",
        "198.18.0.1,         no,  yes",
        "198.20.0.1,         yes, yes",
        "192.0.0.8,          no,  yes",
        "192.0.1.8,          yes, yes",
        "::192.168.1.1,      no,  yes",
        "::127.0.0.1,        no,  yes",
        "::8.8.8.8,          yes, yes",
        "64:ff9b::10.0.0.1,  no,  yes",
        "64:ff9b::8.8.8.8,   yes, yes",
        "64:ff9b::0.0.0.0,   no,  no",
        "64:ff9b:1::8.8.8.8, no,  yes",
        "2002:7f00:1::1,     no,  yes",
        "2002:c0a8:101::1,   no,  yes",
        "2002:808:808::1,    yes, yes",
        "2002:e000:1::1,     no,  no",
        "0.0.0.0,            no,  no",
        "0.1.2.3,            no,  no",
        "::,                 no,  no",
        "224.0.0.1,          no,  no",
        "ff02::1,            no,  no",
        "255.255.255.255,    no,  no"
    })
    void dnsMayNotSendUsEverywhere(String address, String everywhere, String closedNetwork) {
        InetAddress ip = InetAddress.ofLiteral(address);
        assertThat(new AddressPolicy(false).refusal(ip).isEmpty()).isEqualTo(everywhere.equals("yes"));
        assertThat(new AddressPolicy(true).refusal(ip).isEmpty()).isEqualTo(closedNetwork.equals("yes"));
    }
}
