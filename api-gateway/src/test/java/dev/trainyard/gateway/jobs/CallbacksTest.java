package dev.trainyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.trainyard.gateway.TestDatabase;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Callbacks to clients' servers that may be slow, hostile or down, on a real database. */
@Tag("full")
class CallbacksTest {
    private static final String SECRET = "a test's secret";
    private static final Optional<CallbackSigner> SIGNER = CallbackSigner.of(Optional.of(SECRET), Optional.empty());
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Jdbi jdbi = TestDatabase.create();
    private final Vertx vertx = Vertx.vertx();
    private final Callbacks callbacks = callbacks(true);

    @AfterEach
    void stop() {
        vertx.close();
    }

    private Callbacks callbacks(boolean privateAllowed) {
        return new Callbacks(jdbi, SIGNER, CallbackClient.of(vertx, privateAllowed, Optional.empty()));
    }

    /** Longer than the default, at which a busy machine would repeat calls. */
    private Callbacks patientCallbacks() {
        return new Callbacks(jdbi, SIGNER, client(InetAddress::getAllByName, Duration.ofSeconds(50)));
    }

    private CallbackClient client(CallbackClient.Lookup lookup, Duration limit) {
        CallbackPorts anyOfPrivate = CallbackPorts.of(Optional.empty(), true);
        return new CallbackClient(vertx, CallbackClient.lookups(), lookup, anyOfPrivate, limit);
    }

    @Test
    void twoGatewaysSendOneSignedCallbackForEachJob() throws Exception {
        Set<String> called = ConcurrentHashMap.newKeySet();
        Map<String, String> badlySigned = new ConcurrentHashMap<>();
        CountDownLatch allClaimed = new CountDownLatch(1);
        HttpServer server = server(204, (signature, body) -> {
            awaitUninterruptibly(allClaimed);
            called.add(body);
            String time = signature.substring(2, signature.indexOf(','));
            if (!signature.equals("t=%s,v1=%s".formatted(time, hmac(time + "." + body)))) {
                badlySigned.put(body, signature);
            }
        });
        for (int i = 0; i < 100; i++) {
            due("http://127.0.0.1:%d/".formatted(server.getAddress().getPort()), "{\"n\":%d,\"é\":1}".formatted(i));
        }
        Callbacks one = patientCallbacks();
        Callbacks other = patientCallbacks();
        List<CompletableFuture<Void>> deliveries = new ArrayList<>();
        while (unclaimed() > 0) {
            CompletableFuture<CompletableFuture<Void>> concurrent = CompletableFuture.supplyAsync(other::deliver);
            deliveries.add(one.deliver());
            deliveries.add(concurrent.get());
        }
        // before any response, so that a callback is claimed again only if both gateways took it
        assertThat(attempts()).hasSize(100).containsOnly(1);

        allClaimed.countDown();
        for (CompletableFuture<Void> delivery : deliveries) {
            delivery.get();
        }
        assertThat(called).hasSize(100);
        assertThat(badlySigned).isEmpty();
        // a response whose row could not be deleted at once is delivered again
        await().atMost(Duration.ofMinutes(3)).until(() -> {
            one.deliver().get();
            return waiting() == 0;
        });
        server.stop(0);
    }

    @Test
    void privateAddressesAreNotCalledEvenIfTheyWereAccepted() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        HttpServer server = server(204, (signature, body) -> calls.incrementAndGet());
        int port = server.getAddress().getPort();
        for (String host : List.of("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0.0.0.0")) {
            due("http://%s:%d/".formatted(host, port), "{}");
            assertThatThrownBy(() -> callbacks(false).requireAllowed("http://%s:%d/".formatted(host, port)))
                    .isInstanceOf(ProblemException.class);
        }
        callbacks(false).deliver().get();
        server.stop(0);
        assertThat(calls).hasValue(0);
        assertThat(waiting()).isEqualTo(6); // tried again later, in case the name leads elsewhere then
    }

    @Test
    void theResolvedAddressIsTheOneConnectedTo() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        HttpServer server = server(204, (signature, body) -> calls.incrementAndGet());
        AtomicInteger lookups = new AtomicInteger();
        CallbackClient client = client(
                host -> {
                    assertThat(host).isEqualTo("unknown-host.invalid");
                    lookups.incrementAndGet();
                    return new InetAddress[] {InetAddress.getLoopbackAddress()};
                },
                LIMIT);
        due("http://unknown-host.invalid:%d/".formatted(server.getAddress().getPort()), "{}");
        new Callbacks(jdbi, SIGNER, client).deliver().get();
        server.stop(0);
        assertThat(calls).hasValue(1); // a second look at the name would have found nothing
        assertThat(lookups).hasValue(1);
    }

    @Test
    void aPortThatIsNotAllowedIsRefusedAndNotCalledEvenIfItWasAccepted() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        HttpServer server = server(204, (signature, body) -> calls.incrementAndGet());
        int port = server.getAddress().getPort();
        due("http://127.0.0.1:%d/".formatted(port), "{}");
        Callbacks webOnly = new Callbacks(jdbi, SIGNER, CallbackClient.of(vertx, true, Optional.of(Set.of(8443, 443))));
        assertThatThrownBy(() -> webOnly.requireAllowed("http://127.0.0.1:%d/".formatted(port)))
                .isInstanceOfSatisfying(ProblemException.class, problem -> {
                    assertThat(problem.type()).isEqualTo(ProblemType.INVALID);
                    assertThat(problem.errors()).singleElement().satisfies(violation -> assertThat(violation.toString())
                            .contains("/callback_url", "has the port " + port, "443, 8443"));
                });
        webOnly.requireAllowed("https://127.0.0.1/");
        webOnly.deliver().get();
        assertThat(calls).hasValue(0);
        assertThat(waiting()).isOne();
        jdbi.useHandle(handle -> handle.execute("update callback set not_before = now()"));
        new Callbacks(jdbi, SIGNER, CallbackClient.of(vertx, true, Optional.of(Set.of(port))))
                .deliver()
                .get();
        server.stop(0);
        assertThat(calls).hasValue(1);
        assertThat(waiting()).isZero();
    }

    @Test
    void eachRepetitionHasTheIdOfItsEvent() throws Exception {
        List<String> ids = new CopyOnWriteArrayList<>();
        AtomicInteger status = new AtomicInteger(500);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 128);
        server.createContext("/", exchange -> {
            ids.add(exchange.getRequestHeaders().getFirst("webhook-id"));
            exchange.sendResponseHeaders(status.get(), -1);
            exchange.close();
        });
        server.start();
        String url = "http://127.0.0.1:%d/".formatted(server.getAddress().getPort());
        due(url, "{}");
        due(url, "{}");
        callbacks.deliver().get();
        jdbi.useHandle(handle -> handle.execute("update callback set not_before = now()"));
        status.set(204);
        callbacks.deliver().get();
        server.stop(0);
        assertThat(ids).hasSize(4).allMatch(id -> id.matches("evt_[0-9a-f-]{36}"));
        assertThat(new HashSet<>(ids)).hasSize(2);
        assertThat(ids.subList(0, 2)).containsExactlyInAnyOrderElementsOf(ids.subList(2, 4));
    }

    @Test
    void aRedirectIsNotFollowed() throws Exception {
        AtomicInteger followed = new AtomicInteger();
        HttpServer target = server(204, (signature, body) -> followed.incrementAndGet());
        HttpServer server = server(307, (signature, body) -> {});
        server.createContext("/away", exchange -> {
            exchange.getResponseHeaders()
                    .add(
                            "Location",
                            "http://127.0.0.1:%d/".formatted(target.getAddress().getPort()));
            exchange.sendResponseHeaders(307, -1);
            exchange.close();
        });
        due("http://127.0.0.1:%d/away".formatted(server.getAddress().getPort()), "{}");
        callbacks.deliver().get();
        server.stop(0);
        target.stop(0);
        assertThat(followed).hasValue(0);
        assertThat(waiting()).isOne();
    }

    @Test
    void aServerThatNeverEndsItsResponseDelaysOtherCallbacksBriefly() throws Exception {
        AtomicInteger answered = new AtomicInteger();
        HttpServer good = server(200, (signature, body) -> answered.incrementAndGet());
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                ServerSocket endless = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            drip(endless);
            due("http://127.0.0.1:%d/".formatted(silent.getLocalPort()), "{}");
            due("http://127.0.0.1:%d/".formatted(endless.getLocalPort()), "{}");
            due("http://127.0.0.1:70000/", "{}"); // no port, and no reason to stop
            due("http://127.0.0.1:%d/".formatted(good.getAddress().getPort()), "{}");
            CompletableFuture<Void> delivery = callbacks.deliver();
            await().until(() -> answered.get() == 1);
            delivery.get();
        }
        good.stop(0);
        // the endless response had a status; the other two calls are retried
        assertThat(waiting()).isEqualTo(2);
        assertThat(jdbi.<List<Integer>, RuntimeException>withHandle(
                        handle -> handle.createQuery("select attempts from callback")
                                .mapTo(Integer.class)
                                .list()))
                .containsOnly(1);
    }

    @Test
    void moreCallsThanConnectionsToAnUnresponsiveServerLeakNoConnection() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        AtomicInteger closed = new AtomicInteger();
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread server = new Thread(() -> listen(silent, opened, closed));
            server.setDaemon(true);
            server.start();
            for (int i = 0; i < 24; i++) {
                due("http://127.0.0.1:%d/".formatted(silent.getLocalPort()), "{}");
            }
            callbacks.deliver().get();
            // a call that connected while it was abandoned is closed soon after
            await().atMost(Duration.ofSeconds(30))
                    .during(Duration.ofSeconds(1))
                    .until(() -> opened.get() == closed.get());
        }
        assertThat(opened).hasValueGreaterThanOrEqualTo(5);
        assertThat(waiting()).isEqualTo(24);
    }

    private static void listen(ServerSocket server, AtomicInteger opened, AtomicInteger closed) {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                opened.incrementAndGet();
                Thread reader = new Thread(() -> {
                    try (client) {
                        client.getInputStream().readAllBytes();
                    } catch (IOException e) {
                        // a reset is as good as a close
                    } finally {
                        closed.incrementAndGet();
                    }
                });
                reader.setDaemon(true);
                reader.start();
            } catch (IOException e) {
                return; // the test is over
            }
        }
    }

    @Test
    void unresolvableNamesDelayASubmissionByASecondAndAddNoThreads() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        CallbackClient client = client(
                host -> {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return new InetAddress[0];
                },
                LIMIT);
        Callbacks slow = new Callbacks(jdbi, SIGNER, client);
        try {
            long start = System.nanoTime();
            List<CompletableFuture<Throwable>> submits = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                submits.add(client.addresses("slow.invalid").handle((found, failure) -> failure));
            }
            assertThatThrownBy(() -> slow.requireAllowed("http://slow.invalid/"))
                    .isInstanceOfSatisfying(ProblemException.class, problem -> {
                        assertThat(problem.type()).isEqualTo(ProblemType.UNAVAILABLE);
                        assertThat(problem.retryAfter()).isNotNull();
                    });
            for (CompletableFuture<Throwable> submit : submits) {
                assertThat(submit.get()).isNotNull();
            }
            // 16 at a time they would take 12 s
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            assertThat(Thread.getAllStackTraces().keySet().stream()
                            .filter(thread -> thread.getName().startsWith("callback-lookup-"))
                            .filter(thread -> thread.getState() == Thread.State.WAITING))
                    .hasSizeLessThanOrEqualTo(16);
        } finally {
            never.countDown();
        }
    }

    @Test
    void callsToAnUnresponsiveServerDoNotDelayLaterCalls() throws Exception {
        AtomicInteger answered = new AtomicInteger();
        HttpServer good = server(200, (signature, body) -> answered.incrementAndGet());
        CompletableFuture<Void> earlier;
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            due("http://127.0.0.1:%d/".formatted(silent.getLocalPort()), "{}");
            earlier = callbacks.deliver();
            due("http://127.0.0.1:%d/".formatted(good.getAddress().getPort()), "{}");
            callbacks.deliver().get();
            assertThat(answered).hasValue(1);
            assertThat(earlier).isNotDone();
        }
        earlier.get();
        good.stop(0);
    }

    @Test
    void withoutASecretCallbacksWaitUncounted() throws Exception {
        due("http://127.0.0.1:1/", "{}");
        new Callbacks(jdbi, Optional.empty(), client(InetAddress::getAllByName, LIMIT))
                .deliver()
                .get();
        assertThat(jdbi.<Integer, RuntimeException>withHandle(
                        handle -> handle.createQuery("select attempts from callback")
                                .mapTo(Integer.class)
                                .one()))
                .isZero();
    }

    @Test
    void aCallbackFailsAfterTenAttempts() throws Exception {
        due("http://127.0.0.1:1/", "{}");
        for (int i = 1; i <= 10; i++) {
            assertThat(waiting()).isOne();
            jdbi.useHandle(handle -> handle.execute("update callback set not_before = now()"));
            callbacks.deliver().get();
        }
        assertThat(waiting()).isZero();
    }

    private static void drip(ServerSocket server) {
        Thread thread = new Thread(() -> {
            try (Socket client = server.accept()) {
                client.getInputStream().read(); // an answer that comes before its request is none
                client.getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
                while (true) {
                    client.getOutputStream().write("1\r\nx\r\n".getBytes(StandardCharsets.US_ASCII));
                    Thread.sleep(50);
                }
            } catch (IOException | InterruptedException e) {
                Thread.currentThread().interrupt(); // the caller closed the connection
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private interface Call {
        void heard(String signature, String body);
    }

    private static HttpServer server(int status, Call call) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 128);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            call.heard(exchange.getRequestHeaders().getFirst("Trainyard-Signature"), body);
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    private void due(String url, String body) {
        UUID job = UUID.randomUUID();
        jdbi.useHandle(handle -> {
            handle.execute("insert into job (key, status, config, epochs) values (?, 'queued', '{}', 1)", job);
            handle.execute("insert into callback (job_key, url, body) values (?, ?, ?)", job, url, body);
        });
    }

    private int waiting() {
        return jdbi.withHandle(handle -> handle.createQuery("select count(*) from callback")
                .mapTo(Integer.class)
                .one());
    }

    private long unclaimed() {
        return attempts().stream().filter(attempts -> attempts == 0).count();
    }

    private List<Integer> attempts() {
        return jdbi.withHandle(handle -> handle.createQuery("select attempts from callback")
                .mapTo(Integer.class)
                .list());
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String hmac(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
