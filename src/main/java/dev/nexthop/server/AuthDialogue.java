package dev.nexthop.server;

import dev.nexthop.directory.Account;
import dev.nexthop.directory.DirectoryException;
import dev.nexthop.smtp.Command;
import dev.nexthop.smtp.LineReader;
import dev.nexthop.smtp.PreparedReply;
import dev.nexthop.smtp.Replies;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps behind AUTH (RFC 4954 §4): PLAIN (RFC 4616) and LOGIN. Every copy of the password is cleared. */
final class AuthDialogue {
    private static final Logger LOG = LoggerFactory.getLogger(AuthDialogue.class);

    private final Connection connection;
    private final PasswordChecks passwords;
    private final Services services;
    private final InetAddress network;

    /**
     * How it ended.
     *
     * @param reply the answer
     * @param account who it is; empty when it failed
     */
    record Result(PreparedReply reply, Optional<Account> account) {
        static Result failed(PreparedReply reply) {
            return new Result(reply, Optional.empty());
        }
    }

    /** The client ends the dialogue, or breaks it. */
    private static final class Ended extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient PreparedReply reply;

        Ended(PreparedReply reply) {
            super(null, null, false, false);
            this.reply = reply;
        }
    }

    AuthDialogue(Connection connection, PasswordChecks passwords, Services services, InetAddress network) {
        this.connection = connection;
        this.passwords = passwords;
        this.services = services;
        this.network = network;
    }

    /**
     * Goes through the steps.
     *
     * @throws IOException when the connection ends
     */
    Result run(Extensions.Mechanism mechanism, Command.Auth command) throws IOException {
        try {
            return switch (mechanism) {
                case PLAIN -> plain(command.initial());
                case LOGIN -> login(command.initial());
            };
        } catch (Ended e) {
            return Result.failed(e.reply);
        }
    }

    /** RFC 4616 §2: authorization identity, NUL, user, NUL, password. */
    private Result plain(byte @Nullable [] initial) throws IOException, Ended {
        byte[] message = initial == null ? ask(Replies.CHALLENGE) : initial;
        try {
            int first = zero(message, 0);
            int second = first < 0 ? -1 : zero(message, first + 1);
            if (second < 0 || zero(message, second + 1) >= 0) {
                throw new Ended(Replies.BAD_CREDENTIALS);
            }
            String identity = text(message, 0, first);
            String user = text(message, first + 1, second);
            if (!identity.isEmpty() && !identity.equals(user)) {
                throw new Ended(Replies.BAD_CREDENTIALS); // nobody may act for somebody else here
            }
            return check(user, message, second + 1);
        } finally {
            Arrays.fill(message, (byte) 0);
        }
    }

    private Result login(byte @Nullable [] initial) throws IOException, Ended {
        byte[] name = initial == null ? ask(Replies.ASK_USER) : initial;
        String user = text(name, 0, name.length);
        byte[] password = ask(Replies.ASK_PASSWORD);
        try {
            return check(user, password, 0);
        } finally {
            Arrays.fill(password, (byte) 0);
        }
    }

    private Result check(String user, byte[] message, int from) throws Ended {
        if (user.isEmpty() || from == message.length) {
            throw new Ended(Replies.BAD_CREDENTIALS);
        }
        char[] password = characters(message, from, message.length);
        try {
            Optional<Account> account = passwords.authenticate(services, network, user, password);
            return account.isPresent()
                    ? new Result(Replies.AUTHENTICATED, account)
                    : Result.failed(Replies.BAD_CREDENTIALS);
        } catch (PasswordChecks.BusyException e) {
            LOG.info("{}: authentication was put off: {}", network.getHostAddress(), e.getMessage());
            return Result.failed(Replies.AUTH_BUSY);
        } catch (DirectoryException e) {
            LOG.warn("authentication was put off: {}", e.getMessage());
            services.events().alarm("directory", "authentication is put off: " + e.getMessage());
            return Result.failed(Replies.AUTH_NOT_NOW);
        } finally {
            Arrays.fill(password, ' ');
        }
    }

    /** Sends a challenge and gives the decoded answer. */
    private byte[] ask(PreparedReply challenge) throws IOException, Ended {
        connection.send(challenge);
        return switch (connection.nextLine(SessionLimits.AUTH_LINE)) {
            case WHOLE -> decode(connection.lines());
            case TOO_LONG -> throw new Ended(Replies.LINE_TOO_LONG);
            case BROKEN -> throw new Ended(Replies.BROKEN_LINE);
            case BARE_LF -> throw new Ended(Replies.BARE_LF_LINE);
            case END -> throw new EOFException("the client went away during AUTH");
        };
    }

    private static byte[] decode(LineReader line) throws Ended {
        if (line.length() == 1 && line.bytes()[line.offset()] == '*') {
            throw new Ended(Replies.AUTH_CANCELLED); // RFC 4954 §4
        }
        byte[] encoded = Arrays.copyOfRange(line.bytes(), line.offset(), line.offset() + line.length());
        try {
            return Base64.getDecoder().decode(encoded);
        } catch (IllegalArgumentException e) {
            throw new Ended(Replies.BAD_BASE64);
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
    }

    private static int zero(byte[] message, int from) {
        for (int i = from; i < message.length; i++) {
            if (message[i] == 0) {
                return i;
            }
        }
        return -1;
    }

    private static String text(byte[] message, int from, int to) throws Ended {
        return new String(characters(message, from, to));
    }

    private static char[] characters(byte[] message, int from, int to) throws Ended {
        try {
            CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(message, from, to - from));
            char[] characters = new char[decoded.remaining()];
            decoded.get(characters);
            Arrays.fill(decoded.array(), ' ');
            return characters;
        } catch (CharacterCodingException e) {
            throw new Ended(Replies.BAD_CREDENTIALS);
        }
    }
}
