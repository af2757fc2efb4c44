package dev.nexthop.smtp;

/**
 * Every reply of this server, by meaning: codes of RFC 5321 §4.2, enhanced codes of RFC 3463 and of the registry that
 * RFC 5248 began, words for people.
 */
public final class Replies {
    /** RCPT and MAIL accepted say so in their own words; RSET and NOOP are done. */
    public static final PreparedReply OK = fixed(250, 2, 0, 0, "OK");

    /** MAIL accepted. */
    public static final PreparedReply SENDER_OK = fixed(250, 2, 1, 0, "sender OK");

    /** RCPT accepted. */
    public static final PreparedReply RECIPIENT_OK = fixed(250, 2, 1, 5, "recipient OK");

    /** DATA may begin; intermediate replies have no enhanced code (RFC 2034 §4). */
    public static final PreparedReply SEND_DATA = plain(354, "send the message, end it with CRLF.CRLF");

    /** QUIT. */
    public static final PreparedReply BYE = fixed(221, 2, 0, 0, "bye");

    /** VRFY and EXPN tell nothing about who exists (RFC 5321 §3.5.3, §7.3). */
    public static final PreparedReply CANNOT_VERIFY =
            fixed(252, 2, 0, 0, "addresses are not verified here; send the message and see");

    /** HELP. */
    public static final PreparedReply HELP =
            fixed(214, 2, 0, 0, "HELO EHLO LHLO MAIL RCPT DATA RSET NOOP VRFY HELP QUIT STARTTLS AUTH; see RFC 5321");

    /** STARTTLS may begin. */
    public static final PreparedReply START_TLS = fixed(220, 2, 0, 0, "ready to start TLS");

    /** AUTH done (RFC 4954 §6). */
    public static final PreparedReply AUTHENTICATED = fixed(235, 2, 7, 0, "authenticated");

    /** AUTH PLAIN without initial response: an empty challenge (RFC 4954 §4). */
    public static final PreparedReply CHALLENGE = plain(334, "");

    /** AUTH LOGIN: {@code Username:}. */
    public static final PreparedReply ASK_USER = plain(334, "VXNlcm5hbWU6");

    /** AUTH LOGIN: {@code Password:}. */
    public static final PreparedReply ASK_PASSWORD = plain(334, "UGFzc3dvcmQ6");

    /** RFC 5321 §4.2.4. */
    public static final PreparedReply UNKNOWN_COMMAND = fixed(500, 5, 5, 1, "command not recognised");

    /** RFC 5321 §4.2.4. */
    public static final PreparedReply NOT_SERVED = fixed(502, 5, 5, 1, "command not implemented here");

    /** RFC 5321 §4.5.3.1.9. */
    public static final PreparedReply LINE_TOO_LONG = fixed(500, 5, 5, 6, "command line too long");

    /** RFC 5321 §2.3.8. */
    public static final PreparedReply BROKEN_LINE =
            fixed(500, 5, 5, 2, "a bare CR or LF in the command; only CR LF together ends a line");

    /** RFC 5321 §2.3.8; the conversation ends, because where the next command begins can't be known. */
    public static final PreparedReply BARE_LF_LINE =
            fixed(421, 4, 5, 2, "command lines end with CR LF, not with LF alone; closing");

    /** Control characters, or octets that are not UTF-8, in a command. */
    public static final PreparedReply BAD_OCTETS =
            fixed(500, 5, 5, 2, "a control character, or octets that are not UTF-8, in the command");

    /** RFC 5321 §4.1.1: an argument where none belongs. */
    public static final PreparedReply NO_ARGUMENT = fixed(501, 5, 5, 4, "this command takes no argument");

    /** RFC 5321 §4.1.1.1. */
    public static final PreparedReply BAD_HELLO =
            fixed(501, 5, 5, 4, "say your host name, or your address in brackets, behind the greeting command");

    /** VRFY or EXPN of nothing. */
    public static final PreparedReply ARGUMENT_MISSING = fixed(501, 5, 5, 4, "the command needs an argument");

    /** RFC 5321 §4.1.1.2. */
    public static final PreparedReply MAIL_SYNTAX =
            fixed(501, 5, 5, 2, "the syntax is MAIL FROM:<address> [parameters]");

    /** RFC 5321 §4.1.1.3. */
    public static final PreparedReply RCPT_SYNTAX = fixed(501, 5, 5, 2, "the syntax is RCPT TO:<address> [parameters]");

    /** RFC 5321 §4.1.1.11. */
    public static final PreparedReply UNKNOWN_PARAMETER =
            fixed(555, 5, 5, 4, "a parameter is not recognised or not implemented");

    /** A parameter twice. */
    public static final PreparedReply DUPLICATE_PARAMETER = fixed(501, 5, 5, 4, "a parameter is given twice");

    /** A value that does not fit its parameter. */
    public static final PreparedReply BAD_PARAMETER = fixed(501, 5, 5, 4, "the value of a parameter is wrong");

    /** AUTH without a mechanism, or with more than two arguments. */
    public static final PreparedReply AUTH_SYNTAX =
            fixed(501, 5, 5, 4, "the syntax is AUTH mechanism [initial-response]");

    /** RFC 4954 §4: base64 that can't be decoded. */
    public static final PreparedReply BAD_BASE64 = fixed(501, 5, 5, 2, "that is not base64");

    /** RFC 4954 §4: the client sent {@code *}. */
    public static final PreparedReply AUTH_CANCELLED = fixed(501, 5, 7, 0, "authentication cancelled");

    /** RFC 5321 §4.1.4. */
    public static final PreparedReply HELLO_FIRST = fixed(503, 5, 5, 1, "send HELO or EHLO first");

    /** RFC 2033 §4.1. */
    public static final PreparedReply LHLO_FIRST = fixed(503, 5, 5, 1, "send LHLO first");

    /** RFC 5321 §4.1.4. */
    public static final PreparedReply NESTED_MAIL = fixed(503, 5, 5, 1, "a transaction is open; send RSET to drop it");

    /** RFC 5321 §4.1.4. */
    public static final PreparedReply MAIL_FIRST = fixed(503, 5, 5, 1, "send MAIL first");

    /** RFC 5321 §4.1.4; RFC 2033 §4.2 for LMTP. */
    public static final PreparedReply RCPT_FIRST = fixed(503, 5, 5, 1, "send RCPT first");

    /** RFC 5321 §3.3: DATA behind refused recipients, as a pipelining client sends it (RFC 2920 §3.1). */
    public static final PreparedReply NO_VALID_RECIPIENTS = fixed(554, 5, 5, 1, "no valid recipients");

    /** A command that can't come inside a transaction. */
    public static final PreparedReply NOT_IN_TRANSACTION =
            fixed(503, 5, 5, 1, "not while a transaction is open; send RSET first");

    /** RFC 2033 §4.1. */
    public static final PreparedReply LMTP_WANTS_LHLO = fixed(500, 5, 5, 1, "this port speaks LMTP; send LHLO");

    /** RFC 2033 §4.1. */
    public static final PreparedReply SMTP_WANTS_EHLO = fixed(500, 5, 5, 1, "this port speaks SMTP; send EHLO");

    /** RFC 1870 §6.1, §6.3. */
    public static final PreparedReply MESSAGE_TOO_BIG = fixed(552, 5, 3, 4, "the message is too big for this system");

    /** RFC 5321 §4.5.3.1.10. */
    public static final PreparedReply TOO_MANY_RECIPIENTS =
            fixed(452, 4, 5, 3, "too many recipients; send the rest in another transaction");

    /** RFC 6531 §3.5. */
    public static final PreparedReply SENDER_NEEDS_UTF8 =
            fixed(553, 5, 6, 7, "an address beyond ASCII needs the SMTPUTF8 parameter");

    /** RFC 6531 §3.5. */
    public static final PreparedReply RECIPIENT_NEEDS_UTF8 =
            fixed(553, 5, 6, 7, "an address beyond ASCII needs SMTPUTF8 on the MAIL command");

    /** RFC 3463 §3.2: the address does not exist. */
    public static final PreparedReply NO_SUCH_USER = fixed(550, 5, 1, 1, "no such user here");

    /** RFC 3463 §3.8: no relaying. */
    public static final PreparedReply NO_RELAY =
            fixed(550, 5, 7, 1, "relaying to that domain is not permitted for you");

    /** The directory or the relay policy could not say. */
    public static final PreparedReply CANNOT_DECIDE =
            fixed(451, 4, 3, 0, "the recipient can't be checked now; try again later");

    /** No room (RFC 5321 §4.2.3). */
    public static final PreparedReply SPOOL_FULL = fixed(452, 4, 3, 1, "not enough room; try again later");

    /** The spool failed. */
    public static final PreparedReply SPOOL_FAILED = fixed(451, 4, 3, 0, "local error in storing; try again later");

    /** RFC 5321 §2.3.8; 5.6.11 is "invalid characters" in the registry of RFC 5248. */
    public static final PreparedReply BARE_LINE_END =
            fixed(554, 5, 6, 11, "a bare CR or LF in the message; only CR LF together ends a line");

    /** RFC 5321 §4.5.3.1.6. */
    public static final PreparedReply CONTENT_LINE_TOO_LONG = fixed(554, 5, 6, 0, "a line of the message is too long");

    /** RFC 5321 §6.3. */
    public static final PreparedReply ROUTING_LOOP =
            fixed(554, 5, 4, 6, "too many Received fields: the message goes in a circle");

    /** RFC 4954 §6. */
    public static final PreparedReply BAD_CREDENTIALS = fixed(535, 5, 7, 8, "user name or password is wrong");

    /** RFC 4954 §6. */
    public static final PreparedReply AUTH_NOT_NOW =
            fixed(454, 4, 7, 0, "authentication is not possible now; try again later");

    /** RFC 4954 §6. */
    public static final PreparedReply AUTH_BUSY =
            fixed(454, 4, 7, 0, "too many passwords wait to be checked; try again later");

    /** RFC 4954 §4. */
    public static final PreparedReply ALREADY_AUTHENTICATED = fixed(503, 5, 5, 1, "already authenticated");

    /** RFC 4954 §6. */
    public static final PreparedReply AUTH_NEEDS_TLS =
            fixed(538, 5, 7, 11, "encryption is required for authentication; send STARTTLS first");

    /** RFC 4954 §4. */
    public static final PreparedReply UNKNOWN_MECHANISM =
            fixed(504, 5, 5, 4, "that authentication mechanism is not served here");

    /** RFC 3207 §4. */
    public static final PreparedReply TLS_ACTIVE = fixed(503, 5, 5, 1, "TLS is active already");

    /** Ends a session. */
    public static final PreparedReply TOO_MANY_ERRORS = fixed(421, 4, 7, 0, "too many errors; closing");

    /** Ends a session. */
    public static final PreparedReply TOO_MANY_REFUSED =
            fixed(421, 4, 7, 0, "too many recipients were refused; closing");

    /** Ends a session that brings no mail. */
    public static final PreparedReply TOO_MUCH_SMALL_TALK =
            fixed(421, 4, 7, 0, "too many commands that bring no message; closing");

    /** Ends a session that names more recipients than any message can have. */
    public static final PreparedReply TOO_MANY_NAMED =
            fixed(421, 4, 7, 0, "far too many recipients for one message; closing");

    /** Ends a session. */
    public static final PreparedReply TOO_MANY_MESSAGES =
            fixed(421, 4, 7, 0, "enough messages for one session; connect again for more");

    /** Ends a session. */
    public static final PreparedReply SESSION_TOO_LONG =
            fixed(421, 4, 4, 2, "the session has lasted long enough; connect again for more");

    /** Ends a session (RFC 5321 §4.5.3.2.7). */
    public static final PreparedReply TIMED_OUT = fixed(421, 4, 4, 2, "timed out waiting for you; closing");

    /** Ends a session (RFC 5321 §3.8). */
    public static final PreparedReply SHUTTING_DOWN = fixed(421, 4, 3, 2, "the service is shutting down; try again");

    /** Ends a session (RFC 5321 §3.8) that was admitted under rules which are no longer in force. */
    public static final PreparedReply RULES_CHANGED =
            fixed(421, 4, 3, 2, "the rules for clients have changed; connect again");

    /** Ends a session: HTTP towards this port is never an honest mistake of a mail client. */
    public static final PreparedReply NOT_HTTP =
            fixed(421, 4, 7, 0, "this is a mail server, not a web server; closing");

    /** Ends a session. */
    public static final PreparedReply INTERNAL_ERROR = fixed(421, 4, 3, 0, "internal error; try again later");

    /** Refuses a connection. */
    public static final PreparedReply TOO_MANY_CONNECTIONS =
            fixed(421, 4, 7, 0, "too many connections; try again later");

    /** A reply line has 512 octets (RFC 5321 §4.5.3.1.5). */
    private static final int QUOTA_TEXT = 450;

    private Replies() {}

    /**
     * A message is on stable storage.
     *
     * @param id its queue id
     */
    public static Reply queued(String id) {
        return Reply.of(250, new EnhancedStatus(2, 0, 0), "queued as " + id);
    }

    /**
     * A message is on stable storage, with less priority than was asked for (RFC 6710, which
     * registered X.3.6: the priority comes first).
     *
     * @param id its queue id
     * @param priority what it has
     */
    public static Reply queuedLower(String id, int priority) {
        return Reply.of(250, new EnhancedStatus(2, 3, 6), priority + " is the priority given; queued as " + id);
    }

    /**
     * The value of a parameter does not fit it.
     *
     * @param why what would fit
     */
    public static PreparedReply badParameter(String why) {
        return PreparedReply.of(Reply.of(501, new EnhancedStatus(5, 5, 4), why));
    }

    /**
     * The address of MAIL is none.
     *
     * @param why one sentence
     */
    public static PreparedReply badSender(String why) {
        return PreparedReply.of(Reply.of(501, new EnhancedStatus(5, 1, 7), "bad sender address: " + why));
    }

    /**
     * The address of RCPT is none.
     *
     * @param why one sentence
     */
    public static PreparedReply badRecipient(String why) {
        return PreparedReply.of(Reply.of(501, new EnhancedStatus(5, 1, 3), "bad recipient address: " + why));
    }

    /**
     * A quota has no room for the message (RFC 5321 §4.2.3, RFC 3463 §3.4: the mail system is full).
     *
     * @param why which quota, and what it holds; what is no visible ASCII in it becomes a question mark
     */
    public static PreparedReply overQuota(String why) {
        String text = why.length() > QUOTA_TEXT ? why.substring(0, QUOTA_TEXT) : why;
        return PreparedReply.of(
                Reply.of(452, new EnhancedStatus(4, 3, 1), text.replaceAll("[^ -~]", "?") + "; try again later"));
    }

    /**
     * The greeting (RFC 5321 §4.2: the host's name comes first).
     *
     * @param hostname our name
     * @param words what follows it
     */
    public static PreparedReply greeting(String hostname, String words) {
        return plain(220, hostname + " " + words);
    }

    private static PreparedReply fixed(int code, int category, int subject, int detail, String text) {
        return PreparedReply.of(Reply.of(code, new EnhancedStatus(category, subject, detail), text));
    }

    private static PreparedReply plain(int code, String text) {
        return PreparedReply.of(Reply.plain(code, text));
    }
}
