package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.validation.Violation;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notifies clients' servers of the end of their jobs, at least once: signed ({@link CallbackSigner}), retried with full
 * jitter until the server answers 2xx, and given up after ten attempts.
 */
@Singleton
public final class Callbacks {
    private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);
    private static final int BATCH = 32;
    /** Maximum concurrent calls of this gateway. */
    private static final int MOST_OPEN = 128;

    private static final int ATTEMPTS = 10;
    private static final String FIELD = "/callback_url";

    private final Jdbi jdbi;
    private final @Nullable CallbackSigner signer;
    private final CallbackClient client;
    /** For database work, because the HTTP client's threads must not block. */
    private final Executor settling = Infrastructure.getDefaultExecutor();

    private final AtomicInteger open = new AtomicInteger();
    private final AtomicBoolean warnedOfMissingSecret = new AtomicBoolean();

    private record Due(long id, UUID event, UUID job, String url, String body, int attempts) {}

    @Inject
    Callbacks(Jdbi jdbi, GatewaySettings settings, Vertx vertx) {
        this(
                jdbi,
                CallbackSigner.of(
                        settings.callback().secret(), settings.callback().previousSecret()),
                CallbackClient.of(
                        vertx,
                        settings.callback().allowPrivate(),
                        settings.callback().ports()));
    }

    /** @param signer without it callbacks are refused */
    Callbacks(Jdbi jdbi, Optional<CallbackSigner> signer, CallbackClient client) {
        this.jdbi = jdbi;
        this.signer = signer.orElse(null);
        this.client = client;
    }

    /** @throws ProblemException 422 if {@code url} may not be called */
    void requireAllowed(String url) {
        if (url == null) {
            return;
        }
        if (signer == null) {
            throw refused("is not available: the operator has not set trainyard.callback.secret");
        }
        URI target = URI.create(url);
        InetAddress[] addresses = addresses(target.getHost());
        if (addresses.length == 0) {
            throw refused("resolves to a private address, which the operator does not allow");
        }
        if (!client.ports().allow(target, addresses)) {
            throw refused(client.ports().refusal(target));
        }
    }

    private InetAddress[] addresses(String host) {
        try {
            return client.addresses(host).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof UnknownHostException) {
                throw refused("has a host that cannot be found: " + host);
            }
            if (e.getCause() instanceof TimeoutException || e.getCause() instanceof RejectedExecutionException) {
                throw new ProblemException(
                        ProblemType.UNAVAILABLE,
                        "The host of callback_url could not be resolved in time, so nothing was stored. Try again.",
                        Duration.ofSeconds(1));
            }
            throw e;
        }
    }

    private static ProblemException refused(String why) {
        return ProblemException.invalid(List.of(new Violation(FIELD, why)));
    }

    /** Enqueues the callback in the transaction that ends the job. */
    static void ended(Handle handle, UUID key) {
        handle.createUpdate("""
                        insert into callback (job_key, url, body)
                        select key, callback_url, jsonb_strip_nulls(jsonb_build_object('key', key, 'status', status,
                            'attempt', attempt, 'ended_at', ended_at, 'error_code', failure_code))
                        from job where key = :key and callback_url is not null
                        """).bind("key", key).execute();
    }

    /**
     * Starts the due calls without waiting for them, so that a slow server delays only its own. A call is reserved for
     * one minute, so that another gateway repeats it if this one dies.
     *
     * @return completes when all started calls have
     */
    public CompletableFuture<Void> deliver() {
        if (signer == null) {
            warnOfMissingSecret();
            return CompletableFuture.completedFuture(null);
        }
        int room = Math.min(BATCH, MOST_OPEN - open.get());
        if (room <= 0) {
            return CompletableFuture.completedFuture(null);
        }
        List<Due> due = jdbi.withHandle(handle -> handle.createQuery("""
                        update callback set attempts = attempts + 1, not_before = now() + interval '1 minute'
                        where id in (select id from callback where not_before <= now() order by not_before
                            limit :limit for update skip locked)
                        returning id, event_id, job_key, url, body, attempts
                        """)
                .bind("limit", room)
                .map((rs, context) -> new Due(
                        rs.getLong(1),
                        rs.getObject(2, UUID.class),
                        rs.getObject(3, UUID.class),
                        rs.getString(4),
                        rs.getString(5),
                        rs.getInt(6)))
                .list());
        open.addAndGet(due.size());
        return CompletableFuture.allOf(due.stream().map(this::deliver).toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> deliver(Due due) {
        return call(due)
                .thenAcceptAsync(trouble -> settle(due, trouble), settling)
                .exceptionally(e -> {
                    LOG.warn(
                            "Callback of job {} will be repeated, its result was not stored: {}",
                            due.job(),
                            e.toString());
                    return null;
                })
                .whenComplete((done, failure) -> open.decrementAndGet());
    }

    /** Jobs may have been submitted while a secret was configured. */
    private void warnOfMissingSecret() {
        if (!warnedOfMissingSecret.get() && anyWaits()) {
            warnedOfMissingSecret.set(true);
            LOG.warn("Callbacks wait until trainyard.callback.secret is set");
        }
    }

    private boolean anyWaits() {
        return jdbi.withHandle(handle -> handle.createQuery("select exists (select 1 from callback)")
                .mapTo(Boolean.class)
                .one());
    }

    /** Completes with null after a 2xx response, else with the reason; never fails. */
    private CompletableFuture<String> call(Due due) {
        Map<String, String> headers =
                Objects.requireNonNull(signer).headers("evt_" + due.event(), due.body(), Instant.now());
        return client.post(due.url(), due.body(), headers)
                .handle((status, failure) -> failure != null ? reason(failure) : trouble(status));
    }

    private static @Nullable String trouble(int status) {
        return status / 100 == 2 ? null : "it answered " + status;
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof TimeoutException ? "it did not answer in time" : String.valueOf(cause);
    }

    /** @param trouble null after a 2xx response */
    private void settle(Due due, @Nullable String trouble) {
        if (trouble == null) {
            forget(due);
        } else if (due.attempts() >= ATTEMPTS) {
            LOG.error("Callback of job {} is given up after {} attempts: {}", due.job(), ATTEMPTS, trouble);
            forget(due);
        } else {
            long bound = 2_000L << Math.min(10, due.attempts());
            postpone(due, ThreadLocalRandom.current().nextLong(bound));
            LOG.warn("Callback of job {} will be retried: {}", due.job(), trouble);
        }
    }

    private void forget(Due due) {
        jdbi.useHandle(handle -> handle.execute("delete from callback where id = ?", due.id()));
    }

    private void postpone(Due due, long millis) {
        jdbi.useHandle(handle -> handle.execute(
                "update callback set not_before = now() + ? * interval '1 ms' where id = ?", millis, due.id()));
    }
}
