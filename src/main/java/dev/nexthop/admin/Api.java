package dev.nexthop.admin;

import dev.nexthop.directory.Account;
import dev.nexthop.directory.Directory;
import dev.nexthop.directory.DirectoryException;
import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mailbox.Mailboxes;
import dev.nexthop.schedule.QueueControl;
import dev.nexthop.schedule.QueueFilter;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The requests that the API knows. Every one of them is for administrators. */
final class Api {
    private static final int DEFAULT_LIMIT = 1_000;
    private static final int MAX_LIMIT = 100_000;
    private static final int MAX_SHOWN_MESSAGE = 64 * 1024 * 1024;

    private final QueueControl queue;
    private final Directory directory;
    private final Optional<Mailboxes> mailboxes;

    Api(QueueControl queue, Directory directory, Optional<Mailboxes> mailboxes) {
        this.queue = queue;
        this.directory = directory;
        this.mailboxes = mailboxes;
    }

    /**
     * Answers one request of an administrator.
     *
     * @param method GET or POST
     * @param path the parts of the path behind {@code /api/}
     * @param query the query's parameters, the first of each name
     */
    Answer answer(String method, List<String> path, Map<String, String> query) throws IOException {
        boolean get = method.equals("GET");
        return switch (path.isEmpty() ? "" : path.getFirst()) {
            case "queue" -> get ? queue(path, query) : act(path, query);
            case "accounts" -> get && path.size() == 1 ? accounts() : unknown();
            case "mailboxes" -> get ? mailbox(path, query) : unknown();
            default -> unknown();
        };
    }

    private Answer queue(List<String> path, Map<String, String> query) throws IOException {
        if (path.size() == 2 && path.get(1).equals("messages")) {
            ArrayNode messages = JsonNodeFactory.instance.arrayNode();
            queue.list(filter(query), limit(query)).forEach(message -> messages.add(QueueJson.message(message, false)));
            return Answer.json(messages);
        }
        if (path.size() == 3 && path.get(1).equals("messages")) {
            return queue.show(id(path.get(2)))
                    .map(message -> Answer.json(QueueJson.message(message, true)))
                    .orElseGet(() -> Answer.error(404, "no message " + path.get(2) + " is in the queue"));
        }
        return unknown();
    }

    private Answer act(List<String> path, Map<String, String> query) throws IOException {
        if (path.size() != 2) {
            return unknown();
        }
        QueueFilter filter = filter(query);
        int count = switch (path.get(1)) {
            case "retry" -> queue.retry(filter);
            case "cancel" -> queue.cancel(filter);
            case "hold" -> queue.hold(filter);
            case "release" -> queue.release(filter);
            default -> -1;
        };
        return count < 0
                ? unknown()
                : Answer.json(JsonNodeFactory.instance.objectNode().put("recipients", count));
    }

    private Answer accounts() {
        ArrayNode accounts = JsonNodeFactory.instance.arrayNode();
        try {
            for (Account account : directory.accounts()) {
                ObjectNode node = accounts.addObject();
                node.put("name", account.name());
                node.put("description", account.description());
                account.addresses().forEach(node.putArray("addresses")::add);
            }
        } catch (DirectoryException e) {
            return Answer.error(503, String.valueOf(e.getMessage()));
        }
        return Answer.json(accounts);
    }

    private Answer mailbox(List<String> path, Map<String, String> query) throws IOException {
        if (mailboxes.isEmpty()) {
            return Answer.error(404, "this server keeps no local mailboxes: no store is configured for them");
        }
        Mailboxes store = mailboxes.get();
        if (path.size() == 2) {
            ArrayNode messages = JsonNodeFactory.instance.arrayNode();
            for (Mailboxes.StoredMessage message : store.list(path.get(1), limit(query))) {
                messages.addObject()
                        .put("id", message.id())
                        .put("received", message.received().toString())
                        .put("size", message.size())
                        .put("from", message.from())
                        .put("subject", message.subject());
            }
            return Answer.json(messages);
        }
        if (path.size() == 3) {
            Optional<MessageBody> body = store.read(path.get(1), path.get(2));
            return body.isPresent() ? message(body.get()) : Answer.error(404, "no such message in that mailbox");
        }
        return unknown();
    }

    private static Answer message(MessageBody body) throws IOException {
        if (body.size() > MAX_SHOWN_MESSAGE) {
            return Answer.error(
                    413, "the message has " + body.size() + " octets; the API shows at most " + MAX_SHOWN_MESSAGE);
        }
        try (InputStream in = body.open()) {
            return new Answer(200, "message/rfc822", in.readAllBytes());
        }
    }

    private static QueueFilter filter(Map<String, String> query) {
        return new QueueFilter(
                Optional.ofNullable(query.get("id")).map(Api::id),
                Optional.ofNullable(query.get("sender")),
                Optional.ofNullable(query.get("rcpt")),
                Optional.ofNullable(query.get("domain")),
                Optional.ofNullable(query.get("hop")),
                instant(query, "before"),
                instant(query, "after"));
    }

    private static Optional<Instant> instant(Map<String, String> query, String name) {
        try {
            return Optional.ofNullable(query.get(name)).map(Instant::parse);
        } catch (DateTimeParseException e) {
            throw new BadRequest(name + " is not a time such as 2026-11-22T10:00:00Z");
        }
    }

    private static QueueId id(String text) {
        try {
            return QueueId.parse(text);
        } catch (IllegalArgumentException e) {
            throw new BadRequest("a queue id is thirteen letters and digits, as queue list shows it");
        }
    }

    private static int limit(Map<String, String> query) {
        String text = query.getOrDefault("limit", Integer.toString(DEFAULT_LIMIT));
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MAX_LIMIT) {
                return limit;
            }
        } catch (NumberFormatException e) {
            throw new BadRequest("limit is a number from 1 to " + MAX_LIMIT);
        }
        throw new BadRequest("limit is a number from 1 to " + MAX_LIMIT);
    }

    private static Answer unknown() {
        return Answer.error(404, "the API knows no such request");
    }

    /** A request that makes no sense; the message is the answer. */
    static final class BadRequest extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BadRequest(String message) {
            super(message);
        }
    }
}
