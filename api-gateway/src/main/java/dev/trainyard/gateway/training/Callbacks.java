package dev.trainyard.gateway.training;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.validation.Violation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells clients' servers of the end of their jobs: signed, repeated with full jitter until they answer with 2xx, at
 * least once. {@code Trainyard-Signature: t=<seconds>,v1=<hex>} is the HMAC-SHA-256 of {@code <seconds>.<body>}.
 */
public final class Callbacks {
    private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);
    private static final int BATCH = 8;
    private static final int ATTEMPTS = 10;
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final String FIELD = "/callback_url";

    private final Jdbi jdbi;
    private final String secret;
    private final boolean privateAllowed;
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(LIMIT)
            .followRedirects(HttpClient.Redirect.NEVER) // a redirect could lead to a private address
            .build();

    private record Due(long id, UUID job, String url, String body, int attempts) {}

    /** @param secret signs the calls; without it none are taken on */
    public Callbacks(Jdbi jdbi, Optional<String> secret, boolean privateAllowed) {
        this.jdbi = jdbi;
        this.secret = secret.orElse(null);
        this.privateAllowed = privateAllowed;
    }

    /** @throws ProblemException 422 if {@code url} will never be called */
    void requireAllowed(String url) {
        if (url == null) {
            return;
        }
        if (secret == null) {
            throw refused("is not offered here: the operator has not set trainyard.callback.secret");
        }
        try {
            if (!privateAllowed && isPrivate(URI.create(url).getHost())) {
                throw refused("leads to a private address, which the operator does not allow");
            }
        } catch (UnknownHostException e) {
            throw refused("has a host that cannot be found: " + URI.create(url).getHost());
        }
    }

    private static ProblemException refused(String why) {
        return ProblemException.invalid(List.of(new Violation(FIELD, why)));
    }

    static boolean isPrivate(String host) throws UnknownHostException {
        return Arrays.stream(InetAddress.getAllByName(host)).anyMatch(Callbacks::isPrivate);
    }

    private static boolean isPrivate(InetAddress address) {
        byte[] bytes = address.getAddress();
        boolean uniqueLocal = bytes.length == 16 && (bytes[0] & 0xfe) == 0xfc;
        boolean carrier = bytes.length == 4 && bytes[0] == 100 && (bytes[1] & 0xc0) == 64;
        return address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()
                || uniqueLocal
                || carrier;
    }

    /** Part of the transaction that ends the job. */
    static void ended(Handle handle, UUID key) {
        handle.createUpdate("""
                        insert into callback (job_key, url, body)
                        select key, callback_url, jsonb_strip_nulls(jsonb_build_object('key', key, 'status', status,
                            'attempt', attempt, 'ended_at', ended_at, 'error_code', failure_code))
                        from job where key = :key and callback_url is not null
                        """).bind("key", key).execute();
    }

    /** Calls those that are due. A gateway takes a call for a minute, so that another repeats it if this one dies. */
    public void deliver() throws InterruptedException {
        List<Due> due = jdbi.withHandle(handle -> handle.createQuery("""
                        update callback set attempts = attempts + 1, not_before = now() + interval '1 minute'
                        where id in (select id from callback where not_before <= now() order by not_before
                            limit :limit for update skip locked)
                        returning id, job_key, url, body, attempts
                        """)
                .bind("limit", BATCH)
                .map((rs, context) -> new Due(
                        rs.getLong(1), rs.getObject(2, UUID.class), rs.getString(3), rs.getString(4), rs.getInt(5)))
                .list());
        for (Due one : due) {
            String trouble = call(one);
            if (trouble == null) {
                forget(one);
            } else if (one.attempts() >= ATTEMPTS) {
                LOG.error("callback of job {} is given up after {} tries: {}", one.job(), ATTEMPTS, trouble);
                forget(one);
            } else {
                long bound = 2_000L << Math.min(10, one.attempts());
                postpone(one, ThreadLocalRandom.current().nextLong(bound));
                LOG.warn("callback of job {} is tried again: {}", one.job(), trouble);
            }
        }
    }

    /** Null if it was answered with 2xx, else why not. */
    private String call(Due due) throws InterruptedException {
        URI url = URI.create(due.url());
        try {
            // asked again: the name may lead elsewhere by now
            if (!privateAllowed && isPrivate(url.getHost())) {
                return "the host leads to a private address";
            }
            HttpRequest request = HttpRequest.newBuilder(url)
                    .timeout(LIMIT)
                    .header("Content-Type", "application/json")
                    .header("Trainyard-Signature", signature(due.body(), Instant.now()))
                    .POST(HttpRequest.BodyPublishers.ofString(due.body()))
                    .build();
            int status =
                    http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            return status / 100 == 2 ? null : "it answered " + status;
        } catch (IOException e) {
            return e.toString();
        }
    }

    String signature(String body, Instant at) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            String signed = at.getEpochSecond() + "." + body;
            String hex = HexFormat.of().formatHex(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
            return "t=%d,v1=%s".formatted(at.getEpochSecond(), hex);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
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
