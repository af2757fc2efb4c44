package dev.nexthop.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLSocket;

/** The server's side of SCRAM-SHA-256 for one user, {@code user} with {@code pass}; binds by tls-exporter alone. */
final class ScramPeer {
    private static final byte[] SALT = "salt".getBytes(UTF_8);

    private final Socket socket;
    private String gs2 = "";
    private String clientFirst = "";
    private String serverFirst = "";

    ScramPeer(Socket socket) {
        this.socket = socket;
    }

    String first(String authLine) {
        String message = text(authLine.substring(authLine.lastIndexOf(' ') + 1));
        int bare = message.indexOf(",,") + 2;
        gs2 = message.substring(0, bare);
        clientFirst = message.substring(bare);
        if (gs2.startsWith("p=") && !gs2.equals("p=tls-exporter,,")) {
            return encoded("e=unsupported-channel-binding-type".getBytes(UTF_8));
        }
        String nonce = clientFirst.substring(clientFirst.indexOf(",r=") + 3);
        serverFirst = "r=" + nonce + "SERVER,s=" + encoded(SALT) + ",i=4096";
        return encoded(serverFirst.getBytes(UTF_8));
    }

    /** The reply to the client's proof. */
    String last(String line) throws IOException {
        String message = text(line);
        int proofAt = message.lastIndexOf(",p=");
        String bare = message.substring(0, proofAt);
        try {
            ByteArrayOutputStream bound = new ByteArrayOutputStream();
            bound.writeBytes(gs2.getBytes(UTF_8));
            if (gs2.startsWith("p=")
                    && socket instanceof SSLSocket tls
                    && tls.getSession() instanceof ExtendedSSLSession session) {
                bound.writeBytes(session.exportKeyingMaterialData("EXPORTER-Channel-Binding", new byte[0], 32));
            }
            byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(new PBEKeySpec("pass".toCharArray(), SALT, 4096, 256))
                    .getEncoded();
            byte[] all = (clientFirst + "," + serverFirst + "," + bare).getBytes(UTF_8);
            byte[] clientKey = hmac(salted, "Client Key".getBytes(UTF_8));
            byte[] signature = hmac(MessageDigest.getInstance("SHA-256").digest(clientKey), all);
            for (int i = 0; i < signature.length; i++) {
                signature[i] ^= clientKey[i];
            }
            boolean fits = message.substring(proofAt + 3).equals(encoded(signature))
                    && bare.startsWith("c=" + encoded(bound.toByteArray()) + ",");
            byte[] own = hmac(hmac(salted, "Server Key".getBytes(UTF_8)), all);
            return fits ? "334 " + encoded(("v=" + encoded(own)).getBytes(UTF_8)) : "535 5.7.8 no";
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static byte[] hmac(byte[] key, byte[] message) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(message);
    }

    private static String text(String base64) {
        return new String(Base64.getDecoder().decode(base64), UTF_8);
    }

    private static String encoded(byte[] octets) {
        return Base64.getEncoder().encodeToString(octets);
    }
}
