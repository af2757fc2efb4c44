package dev.nexthop.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyReaderTest {
    private static ReplyReader reader(String wire) {
        return new ReplyReader(new ByteArrayInputStream(wire.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            250 ok\\r\\n                                    | 250 ok
            250\\r\\n                                       | 250
            250 2.1.5 fine\\r\\n                            | 250 2.1.5 fine
            250 2.1.5\\r\\n                                 | 250 2.1.5
            250 ok\\n                                       | 250 ok
            550-5.1.1 no\\r\\n550 5.1.1 such user\\r\\n     | 550 5.1.1 no such user
            550-5.1.1 no\\r\\n550 such user\\r\\n           | 550 5.1.1 no such user
            550 4.1.1 class and code disagree\\r\\n         | 550 4.1.1 class and code disagree
            250-a\\r\\n250-b\\r\\n250 c\\r\\n               | 250 a b c
            250 bell\\7 and esc\\33[2J\\r\\n         | 250 bell? and esc?[2J
            250 tab\\there\\r\\n                            | 250 tab here
            250 bare\\rreturn\\r\\n                         | 250 bare?return
            """)
    void aReplyIsReadAsItsLinesSay(String wire, String expected) throws IOException {
        assertThat(reader(wire.strip().translateEscapes()).read().toString().strip())
                .isEqualTo(expected.strip());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello\r\n",
                "\r\n",
                "25\r\n",
                "250x\r\n",
                "199 too low\r\n",
                "600 too high\r\n",
                "2a0 letters\r\n",
                "250-first\r\n251 second\r\n",
                "\u0000\u0001\r\n"
            })
    void whatIsNoReplyIsMalformed(String wire) {
        assertThatThrownBy(() -> reader(wire).read())
                .isInstanceOf(MalformedReplyException.class)
                .message()
                .matches(text -> text.chars().noneMatch(Character::isISOControl), "is printable");
    }

    @Test
    void lineSeparatorsAndTextDirectionsDoNotReachALog() throws IOException {
        assertThat(reader("250 two\u2028lines \u202eright\r\n").read().text()).isEqualTo("two?lines ?right");
    }

    @Test
    void severalRepliesInOnePacketAreReadOneByOne() throws IOException {
        ReplyReader reader = reader("250 a\r\n550-b\r\n550 c\r\n354 d\r\n");
        assertThat(reader.read().code()).isEqualTo(250);
        assertThat(reader.buffered()).isTrue();
        assertThat(reader.read().lines()).containsExactly("b", "c");
        assertThat(reader.read().code()).isEqualTo(354);
        assertThat(reader.buffered()).isFalse();
        assertThatThrownBy(reader::read)
                .isInstanceOf(EOFException.class)
                .hasMessage("the server closed the connection");
    }

    /** A reply like the one before is not read twice; what only begins like it, or is a part of it, is another. */
    @Test
    void repliesThatAreAlikeAndOnesThatAreNot() throws IOException {
        ReplyReader reader = reader(
                "250 2.1.5 ok\r\n250 2.1.5 ok\r\n250 2.1.5 ok!\r\n250 2.1.5 ok\r\n250-2.1.5 ok\r\n250 2.1.5 ok\r\n"
                        + "250 2.1.5 ok\r\n550 2.1.5 ok\r\n250 2.1.5\r\n250 2.1.5 " + "x".repeat(400)
                        + "\r\n250 2.1.5\r\n");
        for (String expected : List.of("ok", "ok", "ok!", "ok", "ok ok", "ok")) {
            assertThat(reader.read().toString()).isEqualTo("250 2.1.5 " + expected);
        }
        assertThat(reader.read().toString()).isEqualTo("550 2.1.5 ok");
        assertThat(reader.read().lines()).containsExactly("");
        assertThat(reader.read().text()).hasSize(400);
        assertThat(reader.read().lines()).containsExactly("");
    }

    @Test
    void octetsThatDripGiveTheSameReply() throws IOException {
        byte[] wire = "250-2.0.0 one\r\n250 2.0.0 two\r\n".getBytes(StandardCharsets.US_ASCII);
        InputStream dripping = new ByteArrayInputStream(wire) {
            @Override
            public synchronized int read(byte[] bytes, int offset, int count) {
                return super.read(bytes, offset, Math.min(1, count));
            }
        };
        assertThat(new ReplyReader(dripping).read().lines()).isEqualTo(List.of("one", "two"));
    }

    @Test
    void anEndInsideAReplyIsNoReply() {
        assertThatThrownBy(() -> reader("250-more to come\r\n").read())
                .isInstanceOf(EOFException.class)
                .hasMessageContaining("inside a reply");
        assertThatThrownBy(() -> reader("250 no line end").read()).isInstanceOf(EOFException.class);
    }

    @Test
    void aLongLineIsCutAndTheNextReplyStillFound() throws IOException {
        ReplyReader reader = reader("250 " + "x".repeat(10_000) + "\r\n220 next\r\n");
        assertThat(reader.read().text()).hasSize(ReplyReader.MAX_LINE - 4);
        assertThat(reader.read().code()).isEqualTo(220);
    }

    @Test
    void neitherLinesNorOctetsAreEndless() throws IOException {
        String many = "250-x\r\n".repeat(ReplyReader.MAX_LINES - 1);
        assertThat(reader(many + "250 end\r\n").read().lines()).hasSize(ReplyReader.MAX_LINES);
        assertThatThrownBy(() -> reader(many + "250-x\r\n250 end\r\n").read())
                .isInstanceOf(MalformedReplyException.class);
        assertThatThrownBy(
                        () -> reader("250 " + "x".repeat(ReplyReader.MAX_REPLY)).read())
                .isInstanceOf(MalformedReplyException.class)
                .hasMessageContaining("65536");
    }
}
