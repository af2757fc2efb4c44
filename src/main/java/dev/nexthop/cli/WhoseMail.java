package dev.nexthop.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whose mail is meant, where a filter of the queue and an order mean the same. */
abstract class WhoseMail {
    @Option(names = "--sender", paramLabel = "ADDRESS", description = "mail from this reverse-path; '' is <>")
    @Nullable
    String sender;

    @Option(names = "--rcpt", paramLabel = "ADDRESS", description = "this recipient")
    @Nullable
    String rcpt;

    @Option(names = "--domain", paramLabel = "DOMAIN", description = "recipients of this domain")
    @Nullable
    String domain;

    /** All that is asked for, by the names of the API. */
    Map<String, String> query() {
        Map<String, String> query = new LinkedHashMap<>();
        QueueCommand.put(query, "sender", sender);
        QueueCommand.put(query, "rcpt", rcpt);
        QueueCommand.put(query, "domain", domain);
        return query;
    }
}
