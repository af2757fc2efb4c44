package dev.nexthop.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The HTTP API of a running server, as the commands see it. */
final class AdminApi {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** The request was understood and its answer says why nothing was done; the command prints it. */
    private static final int REFUSED = 422;
    /** The same where it was not done for all: the answer says for how many it was. */
    private static final int NOT_FOR_ALL = 503;

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(60);

    /** An act may ask the rules for half a minute, wait for another one that long, and then writes. */
    private static final Duration ACT_TIMEOUT = Duration.ofMinutes(3);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
    private final ObjectMapper json = new ObjectMapper();
    private final URI base;
    private final String authorization;

    /**
     * @param base such as {@code http://127.0.0.1:8080}
     * @param authorization the value of the Authorization field
     */
    AdminApi(URI base, String authorization) {
        this.base = base;
        this.authorization = authorization;
    }

    JsonNode read(String path, Map<String, String> query) {
        return parsed(send(request(path, query).GET().build()).bytes());
    }

    /**
     * A list.
     *
     * @param content the list
     * @param more whether it was cut
     * @param next with what another one goes on, where the server says so
     */
    record Page(JsonNode content, boolean more, Optional<String> next) {
        /** Tells the person who asked when the list was cut. */
        void tell(PrintWriter err) {
            if (more) {
                err.println("more follow: use --limit or a filter"
                        + next.map(id -> ", or go on with --from " + id).orElse(""));
                err.flush();
            }
        }
    }

    Page list(String path, Map<String, String> query) {
        Got got = send(request(path, query).GET().build());
        return new Page(parsed(got.bytes()), got.more(), got.next());
    }

    JsonNode act(String path, Map<String, String> query) {
        return parsed(send(request(path, query)
                        .timeout(ACT_TIMEOUT)
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build())
                .bytes());
    }

    /** The bytes of a message. */
    byte[] bytes(String path) {
        return send(request(path, Map.of()).GET().build()).bytes();
    }

    private HttpRequest.Builder request(String path, Map<String, String> query) {
        String tail = query.entrySet().stream()
                .map(entry -> encode(entry.getKey()) + "=" + encode(entry.getValue()))
                .collect(Collectors.joining("&"));
        return HttpRequest.newBuilder(base.resolve(tail.isEmpty() ? path : path + "?" + tail))
                .timeout(REQUEST_TIMEOUT)
                .header("Authorization", authorization);
    }

    /**
     * A good answer.
     *
     * @param more whether the server said that more follows
     * @param next with what
     */
    private record Got(byte[] bytes, boolean more, Optional<String> next) {}

    private Got send(HttpRequest request) {
        HttpResponse<InputStream> response;
        try {
            response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                byte[] bytes = body.readAllBytes();
                if (answers(response.statusCode(), bytes)) {
                    return new Got(
                            bytes,
                            response.headers()
                                    .firstValue("X-More")
                                    .filter("true"::equals)
                                    .isPresent(),
                            response.headers().firstValue("X-Next"));
                }
                throw new CommandFailure(
                        switch (response.statusCode()) {
                            case 401 ->
                                "the server at " + base
                                        + " refused the credentials: name the config of that server with"
                                        + " --config, or give --token";
                            case 404 -> message(bytes, "there is no such thing");
                            default -> message(bytes, "the server answered " + response.statusCode());
                        });
            }
        } catch (IOException e) {
            throw new CommandFailure("no server answers at " + base + " (" + reason(e)
                    + "): start it with ./nexthop serve, or name another with --url");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted");
        }
    }

    private boolean answers(int status, byte[] bytes) {
        try {
            return status / 100 == 2
                    || status == REFUSED
                    || status == NOT_FOR_ALL && json.readTree(bytes).has("recipients");
        } catch (JacksonException e) {
            return false; // whoever answered is no server of ours
        }
    }

    private JsonNode parsed(byte[] bytes) {
        try {
            return json.readTree(bytes);
        } catch (JacksonException e) {
            throw new CommandFailure(
                    "the answer from " + base + " is not JSON: is that the port of Nexthop's HTTP listener?");
        }
    }

    private String message(byte[] bytes, String otherwise) {
        try {
            return json.readTree(bytes).path("error").asString(otherwise);
        } catch (JacksonException e) {
            return otherwise;
        }
    }

    private static String reason(IOException e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
