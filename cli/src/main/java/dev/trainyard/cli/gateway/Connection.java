package dev.trainyard.cli.gateway;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One line that a gateway holds open; what it sends waits in a queue, because reading it cannot be given a limit. */
final class Connection implements AutoCloseable {
    private final BlockingQueue<Item> items = new LinkedBlockingQueue<>();
    private final CompletableFuture<HttpResponse<String>> exchange;

    /** What came. */
    sealed interface Item {}

    record Line(String text) implements Item {}

    /** Answered with something else than events. */
    record Refused(int status, String body, String retryAfter) implements Item {}

    /** @param cause null where the gateway ended it in good order */
    record Closed(Throwable cause) implements Item {}

    /** @param lastId of the last event that is known; null for none */
    Connection(HttpClient http, URI uri, String lastId) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("Accept", "text/event-stream");
        if (lastId != null) {
            request.header("Last-Event-ID", lastId);
        }
        exchange = http.sendAsync(request.build(), info -> subscriber(info.statusCode()));
        exchange.whenComplete((answer, failure) -> items.add(last(answer, failure)));
    }

    /** Null if nothing came in {@code patience}. */
    Item next(Duration patience) throws InterruptedException {
        return items.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        exchange.cancel(true);
    }

    private BodySubscriber<String> subscriber(int status) {
        return status == 200
                ? BodySubscribers.fromLineSubscriber(new Lines(), lines -> "", StandardCharsets.UTF_8, null)
                : BodySubscribers.ofString(StandardCharsets.UTF_8);
    }

    private static Item last(HttpResponse<String> answer, Throwable failure) {
        if (answer == null || answer.statusCode() == 200) {
            return new Closed(failure);
        }
        return new Refused(
                answer.statusCode(),
                answer.body(),
                answer.headers().firstValue("Retry-After").orElse(null));
    }

    private final class Lines implements Flow.Subscriber<String> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(String line) {
            items.add(new Line(line));
        }

        @Override
        public void onError(Throwable failure) {
            // the exchange ends with it
        }

        @Override
        public void onComplete() {
            // the exchange ends
        }
    }
}
