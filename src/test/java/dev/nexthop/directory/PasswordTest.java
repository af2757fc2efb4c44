package dev.nexthop.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stored secrets of every form, made by other programs. */
final class PasswordTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "pässword",
                "{PLAIN}pässword",
                "{clear}pässword",
                "{SHA}I7dElEdfX4dJgLdnbVEeI9iG2mQ=",
                "{SSHA}xvTit9Ob01Rh4rNS3TjIPoPDjv0wMTIzNDU2Nzg5YWJjZGVm",
                "{SSHA256}OpvbmTyQ2fw140b0fpLZ96uutmMtlQozSJvnWVvnpa0wMTIzNDU2Nzg5YWJjZGVm",
                "{SHA512}KF3icbSeAO9oGc8Ku/AxXpfCXLo2FhZ8dw78Umxki03hH0sA3HH67TOjEse6g2kNPtFKqq32tiKqSJlv8H7IpA==",
                "{SSHA512}S2t7LP0ehaVTOnpcCd3/phDIDukNKa5GNip4Uqi2oRks6ye7jeaqPIanZOr1Ei3p4f8DpWinVx1iO9D/uNiLNjAxMjM0NTY3ODlhYmNkZWY=",
                "$scrypt$ln=10,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$YvUgAXFpmzVXONT09h2Ur/0chpC0umdvyARbkR7DGzY",
                "$pbkdf2-sha256$i=1000,l=32$MDEyMzQ1Njc4OWFiY2RlZg$rybsuBlIHCOEKCPpDvTVloYHkPEiKOiJqqYGLCHAfF0",
                "$pbkdf2-sha512$1000$MDEyMzQ1Njc4OWFiY2RlZg$20MTVzg/n3H4pkjP7rPbs9uXGvJYlRG4j32EBHiNeegrbijWGjc63LMIJzA0jtIUGL4tJ0FCjR9uzA3gQvH7WA",
                "$pbkdf2$1000$MDEyMzQ1Njc4OWFiY2RlZg$Xuk/mKPBRhbLsojtsFDMxeS28vA",
                "$2b$04$abcdefghijklmnopqrstuum174eFeoTj0DHmtuueFaS3Wde4P7wHG",
                "$2y$04$abcdefghijklmnopqrstuum174eFeoTj0DHmtuueFaS3Wde4P7wHG",
                "$2a$04$abcdefghijklmnopqrstuum174eFeoTj0DHmtuueFaS3Wde4P7wHG",
            })
    void fitsOnlyThePassword(String stored) {
        Password password = Password.of(stored);
        assertThat(password.matches("pässword".toCharArray())).isTrue();
        assertThat(password.matches("password".toCharArray())).isFalse();
        assertThat(password.matches("pässword ".toCharArray())).isFalse();
        assertThat(password.matches(new char[0])).isFalse();
        assertThat(password.toString()).matches("Password\\[(plain|digest|slow)]");
    }

    @Test
    void newHashesAreArgon2idWithASaltOfTheirOwn() {
        char[] secret = "correct horse".toCharArray();
        String first = Password.hash(secret);
        assertThat(first).startsWith("$argon2id$v=19$m=19456,t=2,p=1$").isNotEqualTo(Password.hash(secret));
        assertThat(Password.of(first).matches(secret)).isTrue();
        assertThat(Password.of(first).matches("correct horses".toCharArray())).isFalse();
        assertThat(Password.of(first).plain()).isFalse();
        assertThat(Password.of("clear").plain()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "$6$salt$hash",
                "$1$salt$hash",
                "{MD5}abc",
                "{SSHA}not base64!",
                "{SSHA}YWJj",
                "$argon2id$broken",
                "$scrypt$ln=99,r=8,p=1$YWJj$YWJj",
                "$scrypt$YWJj",
                "$pbkdf2-sha256$i=0$YWJj$YWJj",
                "$pbkdf2-md5$1$YWJj$YWJj",
                "$pbkdf2-sha256$1$$",
                "$2b$broken"
            })
    void whatCannotBeReadIsRefusedWithoutShowingIt(String stored) {
        assertThatThrownBy(() -> Password.of(stored))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("YWJj", "salt$hash", "broken"));
    }
}
