package dev.nexthop.config;

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
            "A setting names a store, directory or certificate that is not defined.",
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
    /** DANE and MTA-STS that must be. */
    POLICY_REQUIRED(
            19,
            Severity.ERROR,
            "DANE and MTA-STS are not applied yet, so mail that must not go without them could leave in clear.",
            "Write \"disable\" or \"optional\", or require STARTTLS and certificates with queue.outbound.tls."),
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
    /** Throttles and quotas. */
    LIMIT_NOT_SERVED(
            103,
            Severity.WARNING,
            "Throttles, quotas and queue threads of Stalwart 0.7 have no effect yet.",
            "Limit a hop with remote.<id>.concurrency until then."),
    /** DANE and MTA-STS. */
    POLICY_NOT_SERVED(
            104,
            Severity.WARNING,
            "DANE and MTA-STS are not applied yet, so the protection that the setting asks for is not there.",
            "Write \"disable\" to say that you know, or require STARTTLS and certificates with queue.outbound.tls."),
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
    BARE_HOP(
            201,
            Severity.LINT,
            "A word without quotes was read as the id of a next hop; Stalwart 0.7 refuses it and sends by MX.",
            "Quote it inside the expression: \"'relay'\"."),
    /** Implicit TLS on a clear-text port. */
    IMPLICIT_TLS_PORT(
            202,
            Severity.LINT,
            "Servers speak clear text first on ports 24, 25 and 587, so a TLS handshake from the first octet fails.",
            "Set tls.implicit = false, or use port 465."),
    /** Implicit TLS by default. */
    IMPLICIT_TLS_DEFAULT(
            203,
            Severity.LINT,
            "TLS from the first octet is the default for a remote host, which few expect on this port.",
            "Write tls.implicit = true or false."),
    /** No port. */
    PORT_DEFAULT(
            204,
            Severity.LINT,
            "The port of a remote host is left to the default.",
            "Write the port: 25, 465, 587, 24."),
    /** A backslash that TOML does not know. */
    ESCAPE(
            205,
            Severity.LINT,
            "TOML has no such escape; it was read as a backslash, for the regular expression.",
            "Double the backslash, or use a string in single quotes."),
    /** A list for an expression. */
    LIST(
            206,
            Severity.LINT,
            "A TOML array was read as the list; Stalwart 0.7 takes its first item or refuses it.",
            "For a file that serves both, write one string: \"['a', 'b']\"."),
    /** A number without unit. */
    MILLISECONDS(
            207,
            Severity.LINT,
            "A duration without a unit is in milliseconds.",
            "Write the unit: 500ms, 30s, 5m, 1h, 3d."),
    /** A name that is no host's. */
    HOSTNAME(
            208,
            Severity.LINT,
            "Other servers refuse mail from a host that does not give its full name in EHLO (RFC 5321 §2.3.5).",
            "Set server.hostname to the host's name in DNS."),
    /** Other guesses. */
    GUESS(
            209,
            Severity.LINT,
            "Something in an expression was read in a way that its writer may not have meant.",
            "Write it as the hint says."),
    /** Credentials to anybody. */
    UNVERIFIED_CREDENTIALS(
            210,
            Severity.LINT,
            "The password goes to whoever answers, because nobody looks at the certificate.",
            "Set tls.ca to the host's certificate authority instead of tls.allow-invalid-certs."),
    /** Anybody may relay. */
    OPEN_RELAY(
            211,
            Severity.LINT,
            "Every client may send mail to everywhere, and spammers find such a server within hours.",
            "Allow networks or users: session.rcpt.relay = \"!is_empty(authenticated_as)\"."),
    /** The queue gives up early. */
    SCHEDULE(
            212,
            Severity.LINT,
            "A wait or a notice comes after the queue has given up, so it never happens.",
            "Raise queue.schedule.expire, or lower the other."),
    /** A rule that never applies. */
    UNREACHABLE_RULE(
            213, Severity.LINT, "A rule before this one always applies.", "Remove this rule, or the one before."),
    /** Local mail leaves. */
    LOCAL_LEAVES(
            214,
            Severity.LINT,
            "Every recipient goes to the relay, also those of the local domains.",
            "Route local domains first: { if = \"is_local_domain('', rcpt_domain)\", then = \"'local'\" }."),
    /** A password with a line end. */
    SECRET_LINE_END(
            215,
            Severity.LINT,
            "The secret ends with a line end, and one was dropped already; passwords rarely do.",
            "Write the secret without a line end."),
    /** A key that the kind of store does not have. */
    STORE_KEY(
            260,
            Severity.LINT,
            "Stores of this type don't have this setting, so it has no effect.",
            "Remove it, or correct the type."),
    /** A database over the network in clear. */
    STORE_CLEAR(
            261,
            Severity.LINT,
            "Who listens on the way to the store reads its answers and its password, and can change where mail goes.",
            "Set tls.enable = true for PostgreSQL, write rediss:// for Redis."),
    /** A certificate that nobody looks at. */
    STORE_UNVERIFIED(
            262,
            Severity.LINT,
            "Whoever answers in the place of the store gets its password and decides where mail goes.",
            "Set tls.ca to the server's certificate authority."),
    /** SQL that is glued together. */
    STORE_GLUED(
            263,
            Severity.LINT,
            "A statement that is put together with + takes what a sender wrote for SQL.",
            "Write ? in the statement and the value in the list of arguments.");

    private final int number;
    private final Severity severity;
    private final String why;
    private final String fix;

    Code(int number, Severity severity, String why, String fix) {
        this.number = number;
        this.severity = severity;
        this.why = why;
        this.fix = fix;
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
     * Why it is a problem.
     *
     * @return one sentence
     */
    public String why() {
        return why;
    }

    /**
     * What to do.
     *
     * @return one sentence
     */
    public String fix() {
        return fix;
    }
}
