package dev.nexthop.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** The exchanges of one or two steps; SCRAM has a file of its own. */
final class Exchanges {
    private Exchanges() {}

    /** RFC 4616 §2: everything in one message, the authorization identity empty. */
    record Plain(String user, String password) implements Exchange {
        @Override
        public byte[] initial() {
            return ("\0" + user + "\0" + password).getBytes(UTF_8);
        }

        @Override
        public byte[] respond(byte[] challenge) throws RefusedException {
            throw surplus("PLAIN");
        }
    }

    /** Two questions, whose words differ from server to server and mean nothing. */
    static final class Login implements Exchange {
        private final String user;
        private final String password;
        private int step;

        Login(String user, String password) {
            this.user = user;
            this.password = password;
        }

        @Override
        public byte @Nullable [] initial() {
            return null;
        }

        @Override
        public byte[] respond(byte[] challenge) throws RefusedException {
            step++;
            return switch (step) {
                case 1 -> user.getBytes(UTF_8);
                case 2 -> password.getBytes(UTF_8);
                default -> throw surplus("LOGIN");
            };
        }
    }

    /** RFC 2195 §2. */
    static final class CramMd5 implements Exchange {
        private final String user;
        private final String password;
        private boolean answered;

        CramMd5(String user, String password) {
            this.user = user;
            this.password = password;
        }

        @Override
        public byte @Nullable [] initial() {
            return null;
        }

        @Override
        public byte[] respond(byte[] challenge) throws RefusedException {
            if (answered) {
                throw surplus("CRAM-MD5");
            }
            answered = true;
            try {
                Mac mac = Mac.getInstance("HmacMD5");
                mac.init(new SecretKeySpec(password.getBytes(UTF_8), "HmacMD5"));
                return (user + " " + HexFormat.of().formatHex(mac.doFinal(challenge))).getBytes(UTF_8);
            } catch (GeneralSecurityException e) {
                throw new RefusedException("this Java has no HMAC-MD5", false);
            }
        }
    }

    /** RFC 7628 §3.1, and XOAUTH2, which differs in the words. An error comes as a challenge with JSON in it. */
    static final class Bearer implements Exchange {
        private final byte[] first;
        private final byte[] dismissal;
        private boolean failed;

        private Bearer(String first, String dismissal) {
            this.first = first.getBytes(UTF_8);
            this.dismissal = dismissal.getBytes(UTF_8);
        }

        static Bearer rfc7628(String user, String token, String host, int port) {
            String name = user.replace("=", "=3D").replace(",", "=2C"); // RFC 5801 §4: saslname
            String address = port > 0 ? "host=" + host + "\1port=" + port + "\1" : "host=" + host + "\1";
            return new Bearer("n,a=" + name + ",\1" + address + "auth=Bearer " + token + "\1\1", "\1");
        }

        static Bearer xoauth2(String user, String token) {
            return new Bearer("user=" + user + "\1auth=Bearer " + token + "\1\1", "");
        }

        @Override
        public byte[] initial() {
            return first;
        }

        @Override
        public byte[] respond(byte[] challenge) throws RefusedException {
            if (failed) {
                throw surplus("a token");
            }
            failed = true; // RFC 7628 §3.2.3: a dummy response, and the server ends it with a reply that says no.
            return dismissal;
        }

        @Override
        public void succeeded() throws RefusedException {
            if (failed) {
                throw new RefusedException(
                        "the server refused the token and then said that the login succeeded", false);
            }
        }
    }

    private static Exchange.RefusedException surplus(String mechanism) {
        return new Exchange.RefusedException("the server asks more than AUTH with " + mechanism + " has", false);
    }
}
