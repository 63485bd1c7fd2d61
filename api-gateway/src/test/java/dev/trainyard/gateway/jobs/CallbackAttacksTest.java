package dev.trainyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Receivers of callbacks that attack the gateway. */
class CallbackAttacksTest {
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicLong sent = new AtomicLong();

    @AfterEach
    void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private CallbackClient client(CallbackClient.Lookup lookup) {
        return new CallbackClient(
                vertx, CallbackClient.lookups(), lookup, CallbackPorts.of(Optional.empty(), true), LIMIT);
    }

    private CallbackClient client() {
        return client(InetAddress::getAllByName);
    }

    /** Answers each connection with {@code head} and then with {@code more} without end. */
    private ServerSocket endless(String head, String more) throws IOException {
        ServerSocket server = new ServerSocket(0, 50, LOOPBACK);
        Thread thread = new Thread(() -> {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    connections.incrementAndGet();
                    OutputStream out = socket.getOutputStream();
                    out.write(head.getBytes(StandardCharsets.US_ASCII));
                    byte[] rest = more.getBytes(StandardCharsets.US_ASCII);
                    while (true) {
                        out.write(rest);
                        sent.addAndGet(rest.length);
                    }
                } catch (IOException e) {
                    continue; // the gateway has closed the connection, or the test the server
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    private void isGivenUp(String head, String more) throws Exception {
        try (ServerSocket server = endless(head, more)) {
            String url = "http://127.0.0.1:%d/".formatted(server.getLocalPort());
            assertThatThrownBy(() -> client().post(url, "{}", Map.of()).get()).isNotNull();
            assertThat(connections).hasValue(1);
        }
    }

    @Test
    void anEndlessStatusLineIsGivenUp() throws Exception {
        isGivenUp("HTTP/1.1 200 ", "x".repeat(1_000));
        assertThat(sent.get()).as("the sender was stopped early").isLessThan(100_000_000);
    }

    @Test
    void endlessHeadersAreGivenUp() throws Exception {
        isGivenUp("HTTP/1.1 200 OK\r\n", "X-More: %s\r\n".formatted("x".repeat(1_000)));
        assertThat(sent.get()).as("the sender was stopped early").isLessThan(100_000_000);
    }

    @Test
    void endlessInterimAnswersAreGivenUp() throws Exception {
        isGivenUp("", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
    }

    @Test
    void anAnswerThatIsNoHttpIsGivenUp() throws Exception {
        isGivenUp("SSH-2.0-OpenSSH_9.2\r\n", "\0".repeat(100));
    }

    @Test
    void anEndlessBodyIsNotRead() throws Exception {
        try (ServerSocket server = endless("HTTP/1.1 204 No Content\r\n\r\n", "x".repeat(10_000))) {
            String url = "http://127.0.0.1:%d/".formatted(server.getLocalPort());
            assertThat(client().post(url, "{}", Map.of()).get()).isEqualTo(204);
        }
    }

    /** The name leads to a public address when the job is submitted, and to a private one when it ends. */
    @Test
    void aNameThatIsReboundIsNotCalled() throws Exception {
        AtomicInteger lookups = new AtomicInteger();
        CallbackClient client = client(host -> {
            InetAddress next = lookups.getAndIncrement() == 0 ? InetAddress.getByName("1.1.1.1") : LOOPBACK;
            return PublicAddress.isPublic(next) ? new InetAddress[] {next} : new InetAddress[0];
        });
        assertThat(client.addresses("rebound.example").get()).isNotEmpty();
        assertThatThrownBy(() ->
                        client.post("http://rebound.example/", "{}", Map.of()).get())
                .hasMessageContaining("private address");
    }

    /** The second byte of these characters is a line break, if they are cut to one byte. */
    @Test
    void charactersOfTheAddressCannotEndTheRequestLine() throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(LOOPBACK, 0), 0);
        server.createContext("/", exchange -> {
            lines.add(exchange.getRequestURI().getRawPath()
                    + exchange.getRequestHeaders().containsKey("X-Injected"));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        String url = "http://127.0.0.1:%d/a\u010d\u010aX-Injected:b"
                .formatted(server.getAddress().getPort());
        assertThat(client().post(url, "{}", Map.of()).get()).isEqualTo(204);
        server.stop(0);
        assertThat(lines).containsExactly("/a%C4%8D%C4%8AX-Injected:bfalse");
    }

    @Test
    void aServerWhoseCertificateNobodyTrustsGetsNothing(@TempDir Path folder) throws Exception {
        AtomicInteger calls = new AtomicInteger();
        HttpsServer server = HttpsServer.create(new InetSocketAddress(LOOPBACK, 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(selfSigned(folder.resolve("keys.p12"))));
        server.createContext("/", exchange -> {
            calls.incrementAndGet();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        String url = "https://localhost:%d/".formatted(server.getAddress().getPort());
        assertThatThrownBy(() -> client().post(url, "{}", Map.of()).get())
                .hasStackTraceContaining("SSLHandshakeException");
        server.stop(0);
        assertThat(calls).hasValue(0);
    }

    private static SSLContext selfSigned(Path file) throws Exception {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "callback",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        file.toString())
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, "changeit".toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, "changeit".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }
}
