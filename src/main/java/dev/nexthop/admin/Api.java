package dev.nexthop.admin;

import dev.nexthop.delivery.HopHealth;
import dev.nexthop.directory.Account;
import dev.nexthop.directory.Directory;
import dev.nexthop.directory.DirectoryException;
import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mailbox.Mailboxes;
import dev.nexthop.schedule.Order;
import dev.nexthop.schedule.QueueControl;
import dev.nexthop.schedule.QueueFilter;
import dev.nexthop.schedule.UndefinedQueueException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The requests that the API knows. Every one of them is for administrators. */
final class Api {
    private static final int DEFAULT_LIMIT = 1_000;
    private static final int MAX_LIMIT = 100_000;
    private static final int MAX_SHOWN_MESSAGE = 8 * 1024 * 1024;
    private static final List<String> FILTERS =
            List.of("id", "sender", "rcpt", "domain", "hop", "queue", "before", "after");
    private static final List<String> ACTIONS = List.of("retry", "cancel", "hold", "release");
    private static final String ALL = "all";
    private static final String FROM = "from";
    private static final String DRY_RUN = "dry-run";

    private final QueueControl queue;
    private final OrdersApi orders;
    private final Directory directory;
    private final Optional<Mailboxes> mailboxes;
    private final Reloading reloading;
    private final Supplier<List<HopHealth.Status>> hops;
    private final SpoolApi spool;

    Api(AdminServer.Subjects subjects) {
        this.queue = subjects.queue();
        this.orders = new OrdersApi(queue.orders(), InstantSource.system());
        this.directory = subjects.directory();
        this.mailboxes = subjects.mailboxes();
        this.reloading = subjects.reloading();
        this.hops = subjects.hops();
        this.spool = new SpoolApi(subjects.spool());
    }

    /**
     * Answers one request of an administrator. What the request says must make sense as a whole: a parameter that nobody
     * reads may have been the one that kept an action from meaning everything.
     *
     * @param method acting wants POST, reading GET or HEAD
     * @param path the parts of the path behind {@code /api/}
     * @param query the query's parameters
     * @param login who asks
     */
    Answer answer(String method, List<String> path, Map<String, String> query, String login) throws IOException {
        String room = path.isEmpty() ? "" : path.getFirst();
        String deed = room.equals("queue") && path.size() == 2 ? path.get(1) : "";
        if (ACTIONS.contains(deed)) {
            return method.equals("POST") ? act(deed, query, login) : Answer.wrongMethod("POST");
        }
        if (OrdersApi.ACTIONS.contains(deed)) {
            return method.equals("POST") ? orders.act(deed, query, login) : Answer.wrongMethod("POST");
        }
        if (room.equals("queue") && path.size() == 2 && path.get(1).equals("verify")) {
            return method.equals("POST") ? spool.verify(query) : Answer.wrongMethod("POST");
        }
        if (room.equals("reload") && path.size() == 1) {
            return method.equals("POST") ? reload(query) : Answer.wrongMethod("POST");
        }
        boolean known = switch (room) {
            case "queue" ->
                deed.equals("orders")
                        || path.size() >= 2 && path.size() <= 3 && path.get(1).equals("messages");
            case "accounts", "hops" -> path.size() == 1;
            case "mailboxes" -> path.size() == 2 || path.size() == 3;
            default -> false;
        };
        if (!known) {
            return unknown();
        }
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return Answer.wrongMethod("GET, HEAD");
        }
        return switch (room) {
            case "queue" ->
                deed.equals("orders") ? orders.list(query) : path.size() == 2 ? list(query) : show(path.get(2), query);
            case "mailboxes" -> mailbox(path, query);
            case "hops" -> hops(query);
            default -> accounts(query);
        };
    }

    private Answer list(Map<String, String> query) throws IOException {
        only(query, Stream.concat(FILTERS.stream(), Stream.of("limit", FROM)).toList());
        QueueControl.Listing listing;
        QueueFilter filter = filter(query);
        int limit = limit(query);
        try {
            listing = queue.list(filter, limit);
        } catch (UndefinedQueueException e) {
            throw new BadRequest(String.valueOf(e.getMessage()));
        }
        ArrayNode messages = JsonNodeFactory.instance.arrayNode();
        listing.messages()
                .forEach(message -> messages.add(QueueJson.message(
                        message,
                        queue.remarks(message),
                        listing.queues().getOrDefault(message.id(), Map.of()),
                        false)));
        return Answer.list(messages, listing.next());
    }

    private Answer show(String id, Map<String, String> query) throws IOException {
        only(query, List.of());
        return queue.show(id(id))
                .map(message ->
                        Answer.json(QueueJson.message(message, queue.remarks(message), queue.queues(message), true)))
                .orElseGet(() -> Answer.error(404, "no message " + id + " is in the queue"));
    }

    private Answer act(String action, Map<String, String> query, String login) throws IOException {
        List<String> terms = action.equals("hold") ? OrdersApi.TERMS : List.of();
        only(
                query,
                Stream.of(FILTERS, terms, List.of(ALL, FROM))
                        .flatMap(List::stream)
                        .toList());
        boolean filtered = FILTERS.stream().anyMatch(query::containsKey);
        boolean all = query.containsKey(ALL);
        if (all && !"true".equals(query.get(ALL))) {
            throw new BadRequest("all is true, or is not written");
        }
        if (filtered == all) {
            throw new BadRequest(
                    all
                            ? "all=true and a filter contradict each other: leave one out"
                            : "name a filter (" + String.join(", ", FILTERS) + "), or all=true for everything");
        }
        QueueFilter filter = filter(query);
        Optional<Order.Terms> said = terms.stream().anyMatch(query::containsKey)
                ? Optional.of(orders.terms(query, login))
                : Optional.empty();
        try {
            return answer(act(action, filter, said), filter.queue().orElse(""));
        } catch (UndefinedQueueException e) {
            throw new BadRequest(String.valueOf(e.getMessage()));
        }
    }

    /** RFC 9110 §15.6.4: 503 when the rules could not say of all. What was done is done. */
    private static Answer answer(QueueControl.Done done, String queue) {
        ObjectNode node = JsonNodeFactory.instance.objectNode().put("recipients", done.recipients());
        if (done.undecided() > 0) {
            node.put("undecided", done.undecided())
                    .put(
                            "error",
                            "recipients of which nobody can say whether they are in the virtual queue '" + queue
                                    + "' were left as they are: " + done.reason());
        }
        done.next().ifPresent(next -> node.put("next", next.toString()));
        return Answer.json(done.undecided() > 0 ? 503 : 200, node);
    }

    private QueueControl.Done act(String action, QueueFilter filter, Optional<Order.Terms> terms) throws IOException {
        return switch (action) {
            case "retry" -> queue.retry(filter);
            case "cancel" -> queue.cancel(filter);
            case "hold" -> queue.hold(filter, terms);
            case "release" -> queue.release(filter);
            default -> throw new IllegalArgumentException(action);
        };
    }

    /** RFC 9110 §15.5.21: 422 when the configuration can't be used as it is; the running one goes on. */
    private Answer reload(Map<String, String> query) {
        only(query, List.of(DRY_RUN));
        String dry = query.getOrDefault(DRY_RUN, "false");
        if (!dry.equals("true") && !dry.equals("false")) {
            throw new BadRequest(DRY_RUN + " is true or false");
        }
        Reloading.Result result = reloading.reload(dry.equals("true"));
        return Answer.json(result.good() ? 200 : 422, ReloadJson.result(result));
    }

    /** How configured hosts fare, with their last trouble. */
    private Answer hops(Map<String, String> query) {
        only(query, List.of());
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (HopHealth.Status host : hops.get()) {
            ObjectNode node = all.addObject();
            node.put("id", host.id());
            node.put("address", host.address());
            node.put("port", host.port() == 0 ? null : host.port());
            node.put("up", host.up());
            node.put("failures", host.failures());
            node.put(
                    "since",
                    host.since()
                            .map(at -> at.truncatedTo(ChronoUnit.MILLIS).toString())
                            .orElse(null));
            node.put("error", host.error().orElse(null));
        }
        return Answer.json(all);
    }

    static void only(Map<String, String> query, List<String> allowed) {
        for (String name : query.keySet()) {
            if (!allowed.contains(name)) {
                throw new BadRequest("there is no parameter '" + name + "' here; allowed: "
                        + (allowed.isEmpty() ? "none" : String.join(", ", allowed)));
            }
        }
    }

    private Answer accounts(Map<String, String> query) {
        only(query, List.of());
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
            only(query, List.of("limit"));
            int limit = limit(query);
            List<Mailboxes.StoredMessage> found = store.list(path.get(1), limit + 1);
            ArrayNode messages = JsonNodeFactory.instance.arrayNode();
            found.stream()
                    .limit(limit)
                    .forEach(message -> messages.addObject()
                            .put("id", message.id())
                            .put("received", message.received().toString())
                            .put("size", message.size())
                            .put("from", message.from())
                            .put("subject", message.subject()));
            return Answer.list(messages, found.size() > limit);
        }
        only(query, List.of());
        Optional<MessageBody> body = store.read(path.get(1), path.get(2));
        return body.isPresent() ? message(body.get()) : Answer.error(404, "no such message in that mailbox");
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
                instant(query, "after"),
                Optional.ofNullable(query.get("queue")),
                Optional.ofNullable(query.get(FROM)).map(Api::id));
    }

    private static Optional<Instant> instant(Map<String, String> query, String name) {
        try {
            return Optional.ofNullable(query.get(name)).map(Instant::parse);
        } catch (DateTimeParseException e) {
            throw new BadRequest(name + " is not a time such as 2026-11-22T10:00:00Z");
        }
    }

    static QueueId id(String text) {
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
