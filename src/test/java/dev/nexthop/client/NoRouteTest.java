package dev.nexthop.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NoRouteTest {
    static Stream<Arguments> causes() {
        return Stream.of(
                Arguments.of(new SocketException("Network is unreachable"), true),
                Arguments.of(new SocketException("Protocol family unavailable"), true),
                Arguments.of(new SocketException("Operation not permitted"), false),
                Arguments.of(new SocketException(), false),
                Arguments.of(new NoRouteToHostException("No route to host"), false),
                Arguments.of(new ConnectException("Connection refused"), false),
                Arguments.of(new BindException("Network is unreachable"), false));
    }

    /** A host that can't be reached says nothing about the other hosts of its family. */
    @ParameterizedTest
    @MethodSource("causes")
    void whichFailuresAreOfTheWholeFamily(IOException cause, boolean family) {
        assertThat(Connector.noRoute(cause)).isEqualTo(family);
    }
}
