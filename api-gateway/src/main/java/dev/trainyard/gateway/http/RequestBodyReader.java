package dev.trainyard.gateway.http;

import dev.trainyard.gateway.problem.ProblemType;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request body that is being received on the event loop of its connection. A small body stays in memory, a large one
 * goes to a file. It is aborted if it takes too long or arrives too slowly.
 */
final class RequestBodyReader implements UploadLimiter.Upload {
    private static final Logger LOG = LoggerFactory.getLogger(RequestBodyReader.class);
    private static final int MAX_IN_MEMORY = 64 * 1024;
    private static final long TICK_MILLIS = 1_000;
    private static final long NO_TIMER = -1;
    private static final long NOT_PAUSED = 0;
    private static final String CONTINUE = "100-continue";

    private final RoutingContext routing;
    private final HttpServerRequest request;
    private final BodyRule rule;
    private final String client;
    private final BodyReadingContext reading;
    private final Context context = Vertx.currentContext();
    private final long startedAt = System.nanoTime();
    private final SharedBudget.Share disk;
    private @Nullable Buffer memory;
    private long received;
    private @Nullable BodyFile file;
    private long timer = NO_TIMER;
    private long pausedSince = NOT_PAUSED;
    private long pausedNanos;
    private boolean joined;
    private boolean over;
    /** Pending share of memory, after the whole body was received. */
    private @Nullable CompletableFuture<SharedBudget.Share> waiting;

    RequestBodyReader(RoutingContext routing, BodyRule rule, String client, BodyReadingContext reading) {
        this.routing = routing;
        this.request = routing.request();
        this.rule = rule;
        this.client = client;
        this.reading = reading;
        this.disk = reading.disk().none(client);
    }

    /** Reads the body and continues with the request, or answers with the problem. */
    void read() {
        request.handler(this::receive);
        request.endHandler(ended -> finish());
        request.exceptionHandler(gone -> abort());
        request.resume();
        if (over) {
            return; // most bodies arrive with their headers, so they are not counted as slow uploads
        }
        if (!join()) {
            tooMany();
            return;
        }
        timer = routing.vertx().setPeriodic(TICK_MILLIS, tick -> checkRate());
        if (CONTINUE.equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))
                && request.version() != HttpVersion.HTTP_1_0) {
            routing.response().writeContinue();
        }
    }

    private boolean join() {
        joined = joined || reading.uploads().begin(client, this);
        return joined;
    }

    @Override
    public long startedAt() {
        return startedAt;
    }

    @Override
    public void cancel() {
        context.runOnContext(there -> {
            if (!over) {
                tooMany();
            } else if (waiting != null) {
                waiting.cancel(false);
            }
        });
    }

    private void tooMany() {
        reject(
                ProblemType.TOO_MANY_REQUESTS,
                "Too many request bodies are being received; send fewer at once, or send them faster.");
    }

    private void receive(Buffer chunk) {
        if (over) {
            return;
        }
        received += chunk.length();
        if (received > rule.most()) {
            reject(
                    ProblemType.TOO_LARGE,
                    "The request has more than %d bytes, the limit of this path.".formatted(rule.most()));
            return;
        }
        if (memory == null) {
            memory = Buffer.buffer(chunk.length());
        }
        memory.appendBuffer(chunk);
        if (memory.length() >= MAX_IN_MEMORY) {
            moveToFile(memory.getByteBuf().nioBuffer());
        }
    }

    private void moveToFile(ByteBuffer bytes) {
        if (!disk.growTo(received)) {
            reject(ProblemType.UNAVAILABLE, "Too many large requests are being received. Try again.");
            return;
        }
        memory = null;
        request.pause();
        pausedSince = System.nanoTime();
        reading.onFiles(() -> {
                    if (file == null) {
                        file = BodyFile.create(reading.folder());
                    }
                    file.append(bytes);
                    return null;
                })
                .whenComplete((done, failure) -> context.runOnContext(back -> {
                    pausedNanos += System.nanoTime() - pausedSince;
                    pausedSince = NOT_PAUSED;
                    if (over) { // the client has disconnected
                        close();
                    } else if (failure != null) {
                        fail(failure);
                    } else {
                        request.resume();
                    }
                }));
    }

    private void checkRate() {
        long now = System.nanoTime();
        long paused = pausedNanos + (pausedSince == NOT_PAUSED ? 0 : now - pausedSince);
        long millis = (now - startedAt - paused) / 1_000_000; // the client may not send while the disk is slow
        BodyReadingContext.MinimumRate minimum = reading.minimumRate();
        Duration time = minimum.time(rule.most());
        if (millis > time.toMillis()) {
            reject(ProblemType.REQUEST_TIMEOUT, "The body did not arrive within %d s.".formatted(time.toSeconds()));
        } else if (received * 1_000
                < minimum.leastRate() * (millis - minimum.grace().toMillis())) {
            reject(
                    ProblemType.REQUEST_TIMEOUT,
                    "The body arrives too slowly: below %d bytes a second.".formatted(minimum.leastRate()));
        }
    }

    private void finish() {
        if (!end()) {
            return;
        }
        boolean gzip = ContentHeaders.isGzip(request);
        long most = gzip ? Math.min(rule.most(), Gzip.most(received)) : 0;
        CompletableFuture<SharedBudget.Share> taken =
                reading.memory().take(client, rule.need().applyAsLong(received + most), reading.maxMemoryWait());
        if (file == null && !gzip && taken.isDone() && !taken.isCompletedExceptionally()) {
            reading.uploads().end(this);
            deliver(memory == null ? new byte[0] : memory.getBytes(), taken.join());
            return;
        }
        waiting = taken;
        if (!taken.isDone() && !join()) { // waiting bodies count towards the limit of bodies that are being received
            taken.cancel(false);
        }
        taken.whenComplete((share, failure) -> {
            reading.uploads().end(this);
            if (failure instanceof CancellationException) {
                context.runOnContext(back -> tooMany());
                return;
            }
            if (failure != null) {
                context.runOnContext(back ->
                        reject(ProblemType.UNAVAILABLE, "Too many large requests are being processed. Try again."));
                return;
            }
            reading.onFiles(() -> bytes(gzip))
                    .whenComplete((bytes, readFailure) -> context.runOnContext(back -> {
                        if (readFailure == null) {
                            share.shrinkTo(rule.need().applyAsLong(bytes.length));
                            deliver(bytes, share);
                        } else {
                            share.close();
                            fail(readFailure);
                        }
                    }));
        });
    }

    private byte[] bytes(boolean gzip) throws IOException {
        if (file != null && memory != null) {
            file.append(memory.getByteBuf().nioBuffer());
        }
        byte[] bytes = file != null ? file.read() : memory == null ? new byte[0] : memory.getBytes();
        close();
        return gzip ? Gzip.inflate(bytes, rule.most()) : bytes;
    }

    private void deliver(byte[] bytes, SharedBudget.Share share) {
        close();
        routing.addEndHandler(ended -> share.close());
        if (routing.response().closed()) {
            share.close(); // a closed connection reports no end
            return;
        }
        ReceivedBody.put(routing, bytes, share);
        routing.next();
    }

    private void fail(Throwable failure) {
        Throwable cause = failure.getCause() instanceof IOException io ? io : failure;
        if (cause instanceof Gzip.TooLargeException) {
            reject(ProblemType.TOO_LARGE, "The body %s, the limit of this path.".formatted(cause.getMessage()));
        } else if (cause instanceof Gzip.DamagedException) {
            reject(ProblemType.MALFORMED_REQUEST, "The body is not gzip, as Content-Encoding says, or is truncated.");
        } else {
            LOG.error("a body could not be stored: {}", request.path(), failure);
            reject(ProblemType.INTERNAL_ERROR, "The body could not be stored while it was received. Try again.");
        }
    }

    private void reject(ProblemType type, String detail) {
        end();
        reading.uploads().end(this);
        close();
        RequestRejection.send(routing, type, detail);
    }

    private void abort() {
        if (end()) {
            reading.uploads().end(this);
            close();
        }
    }

    /** Ends the read; returns false if it had ended before. */
    private boolean end() {
        if (over) {
            return false;
        }
        over = true;
        if (timer != NO_TIMER) {
            routing.vertx().cancelTimer(timer);
        }
        return true;
    }

    private void close() {
        disk.close();
        BodyFile open = file;
        if (open != null) {
            file = null;
            try {
                open.close();
            } catch (IOException e) {
                LOG.warn("the file of a body could not be deleted", e);
            }
        }
    }
}
