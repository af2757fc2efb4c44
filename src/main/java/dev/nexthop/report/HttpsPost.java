package dev.nexthop.report;

import dev.nexthop.dns.AddressAnswer;
import dev.nexthop.dns.Resolver;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Posts reports to {@code https:} destinations (RFC 8460 §5.4): the certificate is checked, redirects are not followed, the
 * answer's content is not read.
 */
public final class HttpsPost implements AutoCloseable {
    /** How long opening a connection may take. */
    public static final Duration CONNECT = Duration.ofSeconds(10);

    /** How long everything up to the answer may take. */
    public static final Duration ANSWER = Duration.ofSeconds(30);

    private final HttpClient client;

    /** What came of it. */
    sealed interface Result {
        /** It was taken. */
        record Taken() implements Result {}

        /**
         * It never will be.
         *
         * @param why one sentence
         */
        record Refused(String why) implements Result {}

        /**
         * It may be later.
         *
         * @param why one sentence
         */
        record Later(String why) implements Result {}
    }

    /** One that trusts who the JDK trusts. */
    public HttpsPost() {
        this(HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build());
    }

    HttpsPost(HttpClient client) {
        this.client = client;
    }

    /**
     * Posts a report, for {@link #ANSWER} at most.
     *
     * @param uri https
     * @param report compressed
     * @param resolver asks for the host
     * @param refusal why an address is not connected to, empty when it is: a stranger's record must not make us post into our
     *     own network
     */
    Result post(URI uri, byte[] report, Resolver resolver, Function<InetAddress, Optional<String>> refusal)
            throws InterruptedException {
        AddressAnswer answer = resolver.addresses(uri.getHost());
        switch (answer) {
            case AddressAnswer.TryLater later -> {
                return new Result.Later(later.reason());
            }
            case AddressAnswer.Addresses some -> {
                // The connection may go to any of them.
                Optional<String> refused = Stream.concat(some.v4().stream(), some.v6().stream())
                        .flatMap(address -> refusal
                                .apply(address)
                                .map(why -> uri.getHost() + " has the address " + address.getHostAddress() + ", " + why)
                                .stream())
                        .findFirst();
                if (refused.isPresent()) {
                    return new Result.Refused(refused.get());
                }
            }
            case AddressAnswer.None none -> {
                return new Result.Later(none.reason());
            }
        }
        HttpRequest request;
        try {
            request = HttpRequest.newBuilder(uri)
                    .timeout(ANSWER)
                    .header("Content-Type", "application/tlsrpt+gzip")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(report))
                    .build();
        } catch (IllegalArgumentException e) {
            return new Result.Refused("it can't be posted to: " + e.getMessage());
        }
        return send(request);
    }

    private Result send(HttpRequest request) throws InterruptedException {
        try {
            HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            response.body().close(); // ends the exchange, however long the content goes on
            int code = response.statusCode();
            if (code >= 200 && code <= 299) {
                return new Result.Taken();
            }
            boolean later = code >= 500 || code == 408 || code == 425 || code == 429;
            return later
                    ? new Result.Later("the answer was " + code)
                    : new Result.Refused("the answer was " + code + (code < 400 ? "; redirects are not followed" : ""));
        } catch (IOException e) {
            return new Result.Later(e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
