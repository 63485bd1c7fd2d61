package dev.trainyard.cli.gateway;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection that the gateway keeps open for events. A thread reads it into a queue, so that the consumer can wait
 * with a timeout.
 */
final class EventConnection implements AutoCloseable {
    private final BlockingQueue<Item> items = new LinkedBlockingQueue<>();
    private final HttpClient http;
    private final HttpRequest request;
    private @Nullable HttpResponse response;
    private boolean closed;

    /** A line, or the end of the connection. */
    sealed interface Item {}

    record TextLine(String text) implements Item {}

    /** The gateway answered with another status than 200. */
    record ErrorResponse(int status, String body, @Nullable String retryAfter) implements Item {}

    /** @param cause null if the gateway closed the connection properly */
    record Closed(@Nullable IOException cause) implements Item {}

    /** @param lastId ID of the last event received; null for none */
    EventConnection(HttpClient http, String path, @Nullable String lastId) {
        this.http = http;
        request = HttpRequest.get(path).header("Accept", "text/event-stream").readTimeout(Duration.ZERO);
        if (lastId != null) {
            request.header("Last-Event-ID", lastId);
        }
        Thread reader = new Thread(this::read, "events");
        reader.setDaemon(true);
        reader.start();
    }

    /** Returns null if nothing was received within {@code timeout}. */
    @Nullable
    Item next(Duration timeout) throws InterruptedException {
        return items.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Also closes a connection that the reader thread opens later. */
    @Override
    public synchronized void close() {
        closed = true;
        if (response != null) {
            response.close();
        }
    }

    private void read() {
        try (HttpResponse started = http.send(request)) {
            if (!register(started)) {
                return;
            }
            if (started.status() != 200) {
                items.add(new ErrorResponse(started.status(), started.text(), started.header("Retry-After")));
                return;
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(started.body(), StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                items.add(new TextLine(line));
            }
            items.add(new Closed(null));
        } catch (IOException e) {
            items.add(new Closed(e));
        }
    }

    /** Returns false if this connection was closed meanwhile. */
    private synchronized boolean register(HttpResponse started) {
        response = started;
        return !closed;
    }
}
