package dev.nexthop.smtp;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads command lines by the grammar of RFC 5321 §4.1.1 and §4.1.2. */
final class CommandParser {
    /** Longest path with its punctuation (RFC 5321 §4.5.3.1.3). */
    private static final int MAX_PATH = 256;

    private static final int MAX_VERB = 32;
    private static final int MAX_MECHANISM = 20;

    /** Of RFC 3461, RFC 8689, RFC 6710, RFC 2852 and RFC 4865. */
    private static final Set<String> OF_MAIL =
            Set.of("RET", "ENVID", "REQUIRETLS", "MT-PRIORITY", "BY", "HOLDFOR", "HOLDUNTIL");

    /** Of RFC 3461. */
    private static final Set<String> OF_RCPT = Set.of("NOTIFY", "ORCPT");

    private final String line;
    private int at;

    /** What is asked for with parameters of extensions; most clients ask for nothing. */
    private List<Parameter> requests = List.of();

    /** The value behind the last {@link #keyword}; null without {@code =}. */
    private @Nullable String given;

    private CommandParser(String line) {
        this.line = line;
    }

    static Command parse(byte[] bytes, int offset, int length) {
        int end = offset + length;
        // RFC 5321 §4.1.1: trailing white space is tolerated.
        while (end > offset && (bytes[end - 1] == ' ' || bytes[end - 1] == '\t')) {
            end--;
        }
        @Nullable String text = text(bytes, offset, end);
        if (text == null) {
            return new Command.Malformed(Replies.BAD_OCTETS);
        }
        try {
            return new CommandParser(text).command();
        } catch (SyntaxException e) {
            return new Command.Malformed(e.reply);
        }
    }

    /** The line as characters; null when it holds a control character or is not UTF-8. */
    private static @Nullable String text(byte[] bytes, int offset, int end) {
        boolean ascii = true;
        for (int i = offset; i < end; i++) {
            byte b = bytes[i];
            if (b < ' ' || b == 127) {
                if (b >= 0) {
                    return null;
                }
                ascii = false;
            }
        }
        if (ascii) {
            return new String(bytes, offset, end - offset, StandardCharsets.ISO_8859_1);
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, offset, end - offset))
                    .toString();
            return text.chars().anyMatch(c -> c >= 0x80 && c < 0xA0) ? null : text;
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private Command command() throws SyntaxException {
        int space = line.indexOf(' ');
        String verb = space < 0 ? line : line.substring(0, space);
        at = verb.length();
        if (verb.length() > MAX_VERB) {
            return new Command.Unknown(verb.substring(0, MAX_VERB));
        }
        if (!ascii(verb)) {
            return new Command.Unknown(verb); // some letters beyond ASCII have upper case forms within it
        }
        return switch (verb.toUpperCase(Locale.ROOT)) {
            case "MAIL" -> mail();
            case "RCPT" -> rcpt();
            case "DATA" -> alone(Command.Bare.DATA);
            case "EHLO" -> new Command.Ehlo(clientName());
            case "HELO" -> new Command.Helo(clientName());
            case "LHLO" -> new Command.Lhlo(clientName());
            case "RSET" -> alone(Command.Bare.RSET);
            case "QUIT" -> alone(Command.Bare.QUIT);
            case "NOOP" -> Command.Bare.NOOP;
            case "HELP" -> Command.Bare.HELP;
            case "VRFY" -> withArgument(Command.Bare.VRFY);
            case "EXPN" -> withArgument(Command.Bare.EXPN);
            case "STARTTLS" -> alone(Command.Bare.STARTTLS);
            case "AUTH" -> auth();
            case "BDAT", "ETRN", "TURN", "ATRN", "SEND", "SOML", "SAML" -> new Command.NotServed();
            case "GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "CONNECT", "PATCH" -> webOrUnknown(verb);
            default -> new Command.Unknown(verb);
        };
    }

    /** HTTP has a path, or a host and port, and a version behind its verb (RFC 9112 §3). */
    private Command webOrUnknown(String verb) {
        return line.contains(" HTTP/") ? Command.Bare.HTTP : new Command.Unknown(verb);
    }

    private Command alone(Command.Bare command) throws SyntaxException {
        if (at < line.length()) {
            throw new SyntaxException(Replies.NO_ARGUMENT);
        }
        return command;
    }

    private Command withArgument(Command.Bare command) throws SyntaxException {
        if (line.substring(at).isBlank()) {
            throw new SyntaxException(Replies.ARGUMENT_MISSING);
        }
        return command;
    }

    /** The name goes into Received fields, so that only what names and literals are made of may be in it. */
    private String clientName() throws SyntaxException {
        String name = line.substring(at).strip();
        boolean fits = !name.isEmpty() && name.length() <= Domain.MAX_OCTETS;
        for (int i = 0; i < name.length() && fits; i++) {
            char c = name.charAt(i);
            fits = letterOrDigit(c) || c > 127 || "-._[]:".indexOf(c) >= 0;
        }
        if (!fits) {
            throw new SyntaxException(Replies.BAD_HELLO);
        }
        return name;
    }

    private Command mail() throws SyntaxException {
        String path = path("FROM:", Replies.MAIL_SYNTAX);
        MailParameters parameters = parameters();
        if (path.isEmpty()) {
            return new Command.Mail(ReversePath.NULL, parameters);
        }
        try {
            return new Command.Mail(new ReversePath.From(Mailbox.parse(withoutRoute(path))), parameters);
        } catch (IllegalArgumentException e) {
            throw new SyntaxException(Replies.badSender(sentence(e)));
        }
    }

    private Command rcpt() throws SyntaxException {
        String path = path("TO:", Replies.RCPT_SYNTAX);
        List<Parameter> requests = rcptParameters();
        if (path.equalsIgnoreCase("postmaster")) {
            return new Command.Rcpt(ForwardPath.POSTMASTER, requests); // RFC 5321 §4.5.1
        }
        try {
            return new Command.Rcpt(new ForwardPath.To(Mailbox.parse(withoutRoute(path))), requests);
        } catch (IllegalArgumentException e) {
            throw new SyntaxException(Replies.badRecipient(sentence(e)));
        }
    }

    private List<Parameter> rcptParameters() throws SyntaxException {
        if (at == line.length()) {
            return List.of();
        }
        if (line.charAt(at) != ' ') {
            throw new SyntaxException(Replies.RCPT_SYNTAX);
        }
        while (at < line.length()) {
            request(keyword(), OF_RCPT);
        }
        return requests;
    }

    /** The next word of the form {@code KEYWORD} or {@code KEYWORD=value}: its keyword in upper case. */
    private String keyword() {
        skipSpaces();
        int space = line.indexOf(' ', at);
        int end = space < 0 ? line.length() : space;
        int equals = line.indexOf('=', at);
        boolean valued = equals >= 0 && equals < end;
        String keyword = line.substring(at, valued ? equals : end);
        given = valued ? line.substring(equals + 1, end) : null;
        at = end;
        // As for verbs: some letters beyond ASCII have upper case forms within it.
        return ascii(keyword) ? keyword.toUpperCase(Locale.ROOT) : keyword;
    }

    /** Takes a parameter of an extension that may be offered. */
    private void request(String keyword, Set<String> known) throws SyntaxException {
        if (!known.contains(keyword)) {
            throw new SyntaxException(Replies.UNKNOWN_PARAMETER);
        }
        for (Parameter other : requests) {
            once(!other.keyword().equals(keyword));
        }
        if (requests.isEmpty()) {
            requests = new ArrayList<>(2);
        }
        requests.add(new Parameter(keyword, given));
    }

    /** What stands between the angle brackets behind {@code FROM:} or {@code TO:}. */
    private String path(String keyword, PreparedReply wrong) throws SyntaxException {
        if (at == line.length()) {
            throw new SyntaxException(wrong);
        }
        skipSpaces();
        if (!line.regionMatches(true, at, keyword, 0, keyword.length())) {
            throw new SyntaxException(wrong);
        }
        at += keyword.length();
        skipSpaces(); // RFC 5321 §3.3 forbids them; many clients send one all the same
        if (at == line.length() || line.charAt(at) != '<') {
            throw new SyntaxException(wrong);
        }
        int open = at++;
        int close = closing();
        if (close < 0) {
            throw new SyntaxException(wrong);
        }
        if (close + 1 - open > MAX_PATH) {
            throw new SyntaxException(
                    keyword.equals("TO:") ? Replies.badRecipient("too long") : Replies.badSender("too long"));
        }
        at = close + 1;
        return line.substring(open + 1, close);
    }

    /** The closing bracket: one inside a quoted string does not count. */
    private int closing() {
        boolean quoted = false;
        for (int i = at; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == '>' && !quoted) {
                return i;
            }
        }
        return -1;
    }

    /** Drops a source route {@code @a,@b:} (RFC 5321 §4.1.1.3, appendix C: accepted and ignored). */
    private static String withoutRoute(String path) {
        if (!path.startsWith("@")) {
            return path;
        }
        // An IPv6 literal in the route has colons of its own, so the colon counts only outside brackets.
        boolean literal = false;
        int hop = 0;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            literal = c == '[' || literal && c != ']';
            if (!literal && (c == ',' || c == ':')) {
                if (path.charAt(hop) != '@') {
                    throw new IllegalArgumentException("a source route is @host,@host:");
                }
                MailboxParser.domain(path.substring(hop + 1, i));
                hop = i + 1;
                if (c == ':') {
                    return path.substring(hop);
                }
                if (hop == path.length()) {
                    break;
                }
            }
        }
        throw new IllegalArgumentException("a source route ends with a colon");
    }

    private MailParameters parameters() throws SyntaxException {
        if (at == line.length()) {
            return MailParameters.NONE;
        }
        if (line.charAt(at) != ' ') {
            throw new SyntaxException(Replies.MAIL_SYNTAX);
        }
        long size = MailParameters.NO_SIZE;
        @Nullable Boolean eightBit = null;
        boolean utf8 = false;
        boolean auth = false;
        while (at < line.length()) {
            String keyword = keyword();
            @Nullable String value = given;
            switch (keyword) {
                case "SIZE" -> {
                    once(size == MailParameters.NO_SIZE);
                    size = size(value);
                }
                case "BODY" -> {
                    once(eightBit == null);
                    eightBit = eightBit(value);
                }
                case "SMTPUTF8" -> {
                    once(!utf8);
                    require(value == null);
                    utf8 = true;
                }
                case "AUTH" -> {
                    once(!auth);
                    require(value != null && !value.isEmpty());
                    auth = true;
                }
                default -> request(keyword, OF_MAIL);
            }
        }
        return new MailParameters(size, eightBit != null && eightBit, utf8, auth, true, requests);
    }

    /** RFC 1870 §4: up to twenty digits; more octets than a long can count are more than any limit. */
    private static long size(@Nullable String value) throws SyntaxException {
        if (value == null || value.isEmpty() || value.length() > 20) {
            throw new SyntaxException(Replies.BAD_PARAMETER);
        }
        for (int i = 0; i < value.length(); i++) {
            require(value.charAt(i) >= '0' && value.charAt(i) <= '9');
        }
        return value.length() > 18 ? Long.MAX_VALUE : Long.parseLong(value);
    }

    /** RFC 6152 §2; BINARYMIME (RFC 3030 §3) is known, and not served. */
    private static boolean eightBit(@Nullable String value) throws SyntaxException {
        return switch (value == null ? "" : value.toUpperCase(Locale.ROOT)) {
            case "7BIT" -> false;
            case "8BITMIME" -> true;
            case "BINARYMIME" -> throw new SyntaxException(Replies.UNKNOWN_PARAMETER);
            default -> throw new SyntaxException(Replies.BAD_PARAMETER);
        };
    }

    private Command auth() throws SyntaxException {
        String[] words = line.substring(at).strip().split(" +", -1);
        if (words.length > 2 || !mechanism(words[0])) {
            throw new SyntaxException(Replies.AUTH_SYNTAX);
        }
        String name = words[0].toUpperCase(Locale.ROOT);
        if (words.length == 1) {
            return new Command.Auth(name, null);
        }
        if (words[1].equals("=")) {
            return new Command.Auth(name, new byte[0]); // RFC 4954 §4: an empty initial response
        }
        byte[] encoded = words[1].getBytes(StandardCharsets.ISO_8859_1);
        try {
            return new Command.Auth(name, Base64.getDecoder().decode(encoded));
        } catch (IllegalArgumentException e) {
            throw new SyntaxException(Replies.BAD_BASE64);
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
    }

    /** RFC 4422 §3.1: a mechanism's name. */
    private static boolean mechanism(String name) {
        boolean fits = !name.isEmpty() && name.length() <= MAX_MECHANISM;
        for (int i = 0; i < name.length() && fits; i++) {
            fits = letterOrDigit(name.charAt(i)) || name.charAt(i) == '-' || name.charAt(i) == '_';
        }
        return fits;
    }

    private void skipSpaces() {
        while (at < line.length() && line.charAt(at) == ' ') {
            at++;
        }
    }

    private static void once(boolean first) throws SyntaxException {
        if (!first) {
            throw new SyntaxException(Replies.DUPLICATE_PARAMETER);
        }
    }

    private static void require(boolean fits) throws SyntaxException {
        if (!fits) {
            throw new SyntaxException(Replies.BAD_PARAMETER);
        }
    }

    private static boolean ascii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 128) {
                return false;
            }
        }
        return true;
    }

    private static boolean letterOrDigit(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }

    private static String sentence(IllegalArgumentException e) {
        String message = e.getMessage();
        return message == null ? "not an address" : message;
    }

    /** Leaves the parser with the reply; it never leaves this file, and so has no stack trace. */
    private static final class SyntaxException extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient PreparedReply reply;

        SyntaxException(PreparedReply reply) {
            super(null, null, false, false);
            this.reply = reply;
        }
    }
}
