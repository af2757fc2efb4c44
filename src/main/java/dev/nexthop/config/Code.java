package dev.nexthop.config;

import dev.nexthop.expr.Finding;
import java.util.Locale;

/** Every kind of problem; numbers never change their meaning. */
public enum Code {
    /** Not TOML. */
    SYNTAX(1, Severity.ERROR, "The file is not TOML 1.0 here.", "Write it as the hint says; text needs quotes."),
    /** Written twice. */
    DUPLICATE(
            2,
            Severity.ERROR,
            "A key or table is written twice, so one of them would be lost.",
            "Keep one of the two."),
    /** Can't be read. */
    UNREADABLE(
            3,
            Severity.ERROR,
            "A file can't be read, is too large or is not UTF-8.",
            "Check the path and who may read it; the server's user must be able to."),
    /** A macro without a value. */
    MACRO(
            4,
            Severity.ERROR,
            "A macro has no value; going on without it could mean an empty password or a wrong host.",
            "Set the environment variable, make the file readable, or write the key."),
    /** Nobody knows the key. */
    UNKNOWN_KEY(
            5,
            Severity.ERROR,
            "A key that no part of the server reads has no effect, whatever it was meant to do.",
            "Correct the spelling, or remove the key."),
    /** A table for a value or the other way round. */
    SHAPE(
            6,
            Severity.ERROR,
            "A table stands where a value belongs, or a value where a table belongs.",
            "Write the key as docs/configuration.md shows it."),
    /** Not of its type. */
    VALUE(
            7,
            Severity.ERROR,
            "The value is not of the setting's type or is out of its range.",
            "Write a value as the hint says."),
    /** Not an expression. */
    EXPRESSION(
            8,
            Severity.ERROR,
            "The text is not an expression, or names something that does not exist there.",
            "Correct it; docs/expressions.md holds the language."),
    /** Can never be of the setting's type. */
    RULE_TYPE(
            9,
            Severity.ERROR,
            "A rule's value can never be of the setting's type, so it would fail each time it applies.",
            "Give the rule a value of the type that the message names."),
    /** Wrong if, then, else. */
    RULE_SHAPE(
            10,
            Severity.ERROR,
            "The rules are not if/then pairs with one else at the end.",
            "Write [ { if = \"…\", then = \"…\" }, { else = \"…\" } ]."),
    /** Missing. */
    MISSING(11, Severity.ERROR, "A setting without a default is not set.", "Set it."),
    /** A hop that is not defined. */
    UNKNOWN_HOP(
            12,
            Severity.ERROR,
            "A rule names a next hop that is not defined; its mail would wait in the queue until it expires.",
            "Define remote.<id>, or name one that is defined; false means delivery by MX."),
    /** Another id that is not defined. */
    UNKNOWN_ID(
            13,
            Severity.ERROR,
            "A setting names a store, directory, certificate or virtual queue that is not defined.",
            "Define it, or name one that is defined."),
    /** An id that has a meaning already. */
    RESERVED_ID(
            14,
            Severity.ERROR,
            "The id has a fixed meaning in rules, so the table could never be reached.",
            "Choose another id."),
    /** User without password or the other way round. */
    HALF_CREDENTIALS(
            15,
            Severity.ERROR,
            "A user name without a password, or a password without a user name, logs in nowhere.",
            "Set both, or neither."),
    /** The same address twice. */
    DUPLICATE_BIND(
            16, Severity.ERROR, "Two listeners can't bind the same address and port.", "Give each its own port."),
    /** The same account or address twice. */
    DUPLICATE_ACCOUNT(
            17,
            Severity.ERROR,
            "Two accounts share a name, so one of them could not log in.",
            "Give each account its own name."),
    /** A kind of store, directory or listener that exists elsewhere. */
    KIND_NOT_SERVED(
            18,
            Severity.ERROR,
            "The server does not have this kind of store or directory yet and can't run without it.",
            "Use the kind that the hint names."),
    /** A test of the file fails. */
    TEST_FAILED(
            20,
            Severity.ERROR,
            "A [[test]] of the file expects another decision than the rules give.",
            "Correct the rules, or the test; the lines below the message show what each rule saw."),
    /** A test that expects nothing. */
    TEST_EMPTY(
            21,
            Severity.ERROR,
            "A [[test]] without an expectation can't fail, so it says nothing.",
            "Expect at least one of hop, kind, host, port, tls, reason."),
    /** A test that can never pass. */
    TEST_CONTRADICTION(
            22,
            Severity.ERROR,
            "What the [[test]] says contradicts itself, or names a next hop that is not defined, so it can never pass.",
            "Correct the key that the message names."),
    /** Too many or too slow tests. */
    TEST_LIMIT(
            23,
            Severity.ERROR,
            "The tests of the file are too many, or take too long for something that runs at every load.",
            "Keep 1,000 tests that take less than 5 seconds together."),
    /** A file that can't be included. */
    INCLUDE(
            30,
            Severity.ERROR,
            "A file that the configuration includes is missing, leads in a circle, or there are too many.",
            "Name files that exist, relative to the file that includes them; only a pattern with * may match nothing."),
    /** A lint that the file does not accept. */
    DENIED(
            31,
            Severity.ERROR,
            "The file says with lint.deny that it does not accept this lint.",
            "Do what the lint says, or take its code out of lint.deny."),
    /** Two stores of one name. */
    STORE_ID(
            40,
            Severity.ERROR,
            "Two look-up stores have the same id, or one that rules can't reach, so one of them would never be asked.",
            "Give each store and each table lookup.<id> its own id."),
    /** An entry that is none. */
    STORE_ENTRY(
            41,
            Severity.ERROR,
            "An entry of a store in memory can't be read; without it the store would answer wrongly.",
            "Correct the line that the message names."),
    /** A place that can't be a server. */
    STORE_PLACE(
            42,
            Severity.ERROR,
            "The address of a store's server can't be read.",
            "Write redis://host:port/database, or rediss:// for TLS; user and password go into user and password."),
    /** A statement that can't be executed. */
    STORE_STATEMENT(
            43,
            Severity.ERROR,
            "A statement of an SQL store can't be executed as it is written.",
            "Write one statement, with ? or $1, $2 … where the arguments go."),
    /** Fixed until the process ends. */
    NEEDS_RESTART(
            50,
            Severity.ERROR,
            "A reload can't change where data is kept nor how the log is written, so the running configuration goes on.",
            "Restart the server, or take the change back."),
    /** An address that can't be opened beside those in use. */
    LISTENER_ADDRESS(
            51,
            Severity.ERROR,
            "A reload could not open an address of a listener, so the running configuration goes on.",
            "Free the address; one that overlaps an address in use, as 0.0.0.0 does, needs a restart."),
    /** A reload in the way, or too slow. */
    RELOAD_UNFINISHED(
            52,
            Severity.ERROR,
            "A reload did not end in its time, so the running configuration goes on.",
            "See what the configuration waits for: a file on a dead disk, a pipe, a store that does not answer."),
    /** Read, but not usable. */
    UNUSABLE(
            53,
            Severity.ERROR,
            "A configuration without a mistake could not be put to work, so the running one goes on.",
            "Do what the message says."),

    /** Session settings without effect. */
    SESSION_NOT_SERVED(
            101,
            Severity.WARNING,
            "A setting of the inbound session, known from Stalwart 0.7, has no effect yet.",
            "Nothing to do, unless you count on it."),
    /** Rules where only a value is read. */
    RULES_NOT_SERVED(
            102,
            Severity.WARNING,
            "This setting takes one value for now; rules have no effect yet and the default applies.",
            "Write one value."),
    /** Limits of other versions. */
    LIMIT_NOT_SERVED(
            103,
            Severity.WARNING,
            "Limiters of Stalwart 0.8 and later, and its queue threads, have no effect here.",
            "Write [[queue.throttle]], or remote.<id>.concurrency; queue.limits.attempts bounds the attempts."),
    /** Signing, checking, reporting. */
    AUTHENTICITY_NOT_SERVED(
            105,
            Severity.WARNING,
            "DKIM, SPF, DMARC, ARC and their reports have no effect yet.",
            "Sign and check on another server until then."),
    /** Stores and directories. */
    STORE_NOT_SERVED(
            106,
            Severity.WARNING,
            "A setting of stores, directories or look-ups has no effect yet.",
            "Nothing to do, unless you count on it."),
    /** Listener, socket, TLS. */
    LISTENER_NOT_SERVED(
            107,
            Severity.WARNING,
            "A setting of listeners, certificates or the process has no effect yet.",
            "Nothing to do, unless you count on it."),
    /** Other servers in one. */
    SERVICE_NOT_SERVED(
            108,
            Severity.WARNING,
            "IMAP, ManageSieve, JMAP, Sieve, the spam filter and ACME are not served yet.",
            "Run another server for it until then."),
    /** Logging and tracing. */
    TRACER_NOT_SERVED(
            109,
            Severity.WARNING,
            "Tracers are not served; the log goes to the standard error stream.",
            "Choose the log's form with log.format."),
    /** A bare hop id. */
    BARE_HOP(201),
    /** Implicit TLS on a clear-text port. */
    IMPLICIT_TLS_PORT(202),
    /** Implicit TLS by default. */
    IMPLICIT_TLS_DEFAULT(203),
    /** No port. */
    PORT_DEFAULT(204),
    /** A backslash that TOML does not know. */
    ESCAPE(205),
    /** A list for an expression. */
    LIST(206),
    /** A number without unit. */
    MILLISECONDS(207),
    /** A name that is no host's. */
    HOSTNAME(208),
    /** Other guesses. */
    GUESS(209),
    /** Credentials to anybody. */
    UNVERIFIED_CREDENTIALS(210),
    /** Anybody may relay. */
    OPEN_RELAY(211),
    /** The queue gives up early. */
    SCHEDULE(212),
    /** A rule that never applies. */
    UNREACHABLE_RULE(213),
    /** Local mail leaves. */
    LOCAL_LEAVES(214),
    /** A password with a line end. */
    SECRET_LINE_END(215),
    /** || between texts. */
    TEXT_CHOICE(216),
    /** A text as a condition. */
    TEXT_AS_TRUTH(217),
    /** A text beside a number. */
    TEXT_NUMBER(218),
    /** A list beside a single value. */
    LIST_SCALAR(219),
    /** A value made with || or &&. */
    SHORT_CIRCUIT(220),
    /** Always true, or always false. */
    CONSTANT_CONDITION(221),
    /** Rules before it apply whenever it would. */
    COVERED_RULE(222),
    /** What it compares with never occurs. */
    IMPOSSIBLE(223),
    /** A dot for any character. */
    PATTERN_DOT(224),
    /** A search where the whole was meant. */
    UNANCHORED(225),
    /** A pattern that no value has. */
    PATTERN_NEVER(226),
    /** A group that is not there. */
    CAPTURE(227),
    /** Milliseconds beside something else. */
    DURATION_UNIT(229),
    /** A pattern that matches nothing. */
    EMPTY_INCLUDE(230),
    /** A lint that is allowed without a reason. */
    ALLOWED_SILENTLY(231),
    /** An allowed lint that does not occur. */
    ALLOWED_IN_VAIN(232),
    /** Clear text first on port 465. */
    CLEAR_ON_TLS_PORT(233),
    /** An LMTP host that must offer STARTTLS. */
    LMTP_STARTTLS(234),
    /** An LMTP host called localhost. */
    LMTP_LOCALHOST(235),
    /** A password that may go in clear. */
    CLEAR_PASSWORD(236),
    /** Credentials that are never sent. */
    AUTH_WITHOUT_TLS(237),
    /** DANE or MTA-STS off because of a relay. */
    POLICY_OFF_FOR_ALL(238),
    /** A throttle for each recipient. */
    THROTTLE_BY_RCPT(239),
    /** A quota without a condition. */
    QUOTA_FOR_ALL(240),
    /** A source address of another host. */
    FOREIGN_SOURCE(241),
    /** A remote that no rule names. */
    UNUSED_REMOTE(242),
    /** A certificate that no listener shows. */
    UNUSED_CERTIFICATE(243),
    /** A store or directory that nothing names. */
    UNUSED_STORE(244),
    /** A public listener without TLS. */
    CLEAR_LISTENER(245),
    /** LMTP that is open to others. */
    PUBLIC_LMTP(246),
    /** A submission port where nobody can log in. */
    SUBMISSION_WITHOUT_AUTH(247),
    /** AUTH on port 25. */
    AUTH_ON_RELAY_PORT(248),
    /** A password in the file. */
    WRITTEN_SECRET(249),
    /** A file with secrets that others may read. */
    READABLE_SECRET(250),
    /** The API in clear on a public address. */
    PUBLIC_ADMIN(251),
    /** All hosts or addresses are tried. */
    NO_LIMIT(252),
    /** A timeout below that of the standard. */
    SHORT_TIMEOUT(253),
    /** A timeout that hardly ends. */
    LONG_TIMEOUT(254),
    /** A remote that is this server. */
    LOOP(255),
    /** Local domains that go by MX. */
    LOCAL_BY_MX(256),
    /** Two names for this host. */
    TWO_NAMES(258),
    /** A certificate that nobody looks at. */
    UNVERIFIED_HOST(259),
    /** A key that the kind of store does not have. */
    STORE_KEY(260),
    /** A store over the network in clear. */
    STORE_CLEAR(261),
    /** A store whose certificate nobody looks at. */
    STORE_UNVERIFIED(262),
    /** A program that others may change. */
    WRITABLE_PROGRAM(264),
    /** Weights that share nothing. */
    IDLE_WEIGHTS(265),
    /** A pin, and clear text all the same. */
    PIN_IN_CLEAR(266),
    /** Recipients of another server that no rule sends there. */
    ELSEWHERE_WITHOUT_ROUTE(267),
    /** A name for an address that nothing is sent from. */
    NAME_WITHOUT_SOURCE(270),
    /** DANE where nobody looks at signatures. */
    DANE_WITHOUT_DNSSEC(285),
    /** A cipher suite that the standard advises against. */
    WEAK_CIPHER(286),
    /** A list of cipher suites that switches the newest TLS off. */
    CIPHERS_WITHOUT_NEWEST(287),
    /** Two throttles that count the same. */
    THROTTLE_TWICE(288),
    /** A template of notices. */
    TEMPLATE(
            292,
            Severity.ERROR,
            "A template of notices can't be used as it is written, so a sender would not be told what he has to know.",
            "Correct the line that the message names; docs/notices.md lists parts and placeholders."),
    /** A virtual queue that no rule names. */
    UNUSED_QUEUE(294);

    private final int number;
    private final Severity severity;
    private final String why;
    private final String fix;

    /** A lint whose words are with its examples. */
    Code(int number) {
        this(number, Severity.LINT, "", "");
    }

    Code(int number, Severity severity, String why, String fix) {
        this.number = number;
        this.severity = severity;
        this.why = why;
        this.fix = fix;
    }

    /** The code of a doubt about an expression. */
    static Code of(Finding finding) {
        return switch (finding) {
            case BARE_HOP -> BARE_HOP;
            case TEXT_CHOICE -> TEXT_CHOICE;
            case TEXT_AS_TRUTH -> TEXT_AS_TRUTH;
            case TEXT_NUMBER -> TEXT_NUMBER;
            case LIST_SCALAR -> LIST_SCALAR;
            case SHORT_CIRCUIT -> SHORT_CIRCUIT;
            case CONSTANT_CONDITION -> CONSTANT_CONDITION;
            case UNREACHABLE -> UNREACHABLE_RULE;
            case COVERED -> COVERED_RULE;
            case IMPOSSIBLE -> IMPOSSIBLE;
            case PATTERN_DOT -> PATTERN_DOT;
            case UNANCHORED -> UNANCHORED;
            case PATTERN_NEVER -> PATTERN_NEVER;
            case CAPTURE -> CAPTURE;
            case DURATION -> DURATION_UNIT;
            case OTHER -> GUESS;
        };
    }

    /**
     * The stable code.
     *
     * @return such as {@code NH012}
     */
    public String id() {
        return String.format(Locale.ROOT, "NH%03d", number);
    }

    /**
     * What it means for the server.
     *
     * @return the severity
     */
    public Severity severity() {
        return severity;
    }

    /**
     * Where the manual explains it.
     *
     * @return a file of the documentation with an anchor
     */
    public String docs() {
        return "docs/lint.md#" + id().toLowerCase(Locale.ROOT);
    }

    /**
     * Why it is a problem.
     *
     * @return one sentence
     */
    public String why() {
        return why.isEmpty() ? LintExample.of(this).why() : why;
    }

    /**
     * What to do.
     *
     * @return one sentence
     */
    public String fix() {
        return fix.isEmpty() ? LintExample.of(this).fix() : fix;
    }
}
