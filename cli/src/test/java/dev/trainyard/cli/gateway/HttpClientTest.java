package dev.trainyard.cli.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.TruncatedChunkException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads raw bytes as other servers and proxies may send them. */
class HttpClientTest {
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloXX",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;name=x\r\nhe\r\n3\r\nllo\r\n0\r\nTrailer: 1\r\n\r\nXX",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length:5\r\n\r\nhello",
                "HTTP/1.0 200\n\nhello",
            })
    void bodiesOfAllTransferFormsAreRead(String bytes) throws Exception {
        CompletableFuture<String> request = answer(bytes);
        try (HttpResponse response =
                http("/base").send(HttpRequest.get("/path?a=b").header("Accept", "x/y"))) {
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.text()).isEqualTo("hello");
        }
        assertThat(request.get())
                .isEqualTo(
                        "GET /base/path?a=b HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\nAccept: x/y\r\n\r\n"
                                .formatted(server.getLocalPort()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            })
    void aTruncatedBodyIsAnError(String bytes) throws Exception {
        answer(bytes);
        try (HttpResponse response = http("").send(HttpRequest.get("/"))) {
            assertThatThrownBy(response::text)
                    .isInstanceOfAny(ConnectionClosedException.class, TruncatedChunkException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.2\r\n",
                "HTTP/2 200 OK\r\n\r\n",
                "HTTP/1.1 abc\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n",
            })
    void aResponseThatIsNotHttpIsAnError(String bytes) throws Exception {
        answer(bytes);
        assertThatThrownBy(() -> http("").send(HttpRequest.get("/"))).isInstanceOf(ProtocolException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\nA: b\r\n", "HTTP/1.1 200 OK\r\nContent-Len"})
    void aTruncatedHeadIsAnError(String bytes) throws Exception {
        answer(bytes);
        assertThatThrownBy(() -> http("").send(HttpRequest.get("/")))
                .isInstanceOfAny(EOFException.class, ProtocolException.class);
    }

    @Test
    void closingEndsAReadOnAnotherThread() throws Exception {
        CompletableFuture<Socket> accepted = CompletableFuture.supplyAsync(() -> {
            try {
                Socket connection = server.accept();
                readHead(connection.getInputStream());
                connection
                        .getOutputStream()
                        .write(bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n"));
                return connection;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        HttpResponse response = http("").send(HttpRequest.get("/").readTimeout(Duration.ZERO));
        try (Socket connection = accepted.get()) {
            assertThat(response.body().readNBytes(2)).isEqualTo(bytes("he"));
            CompletableFuture<Integer> read = CompletableFuture.supplyAsync(() -> {
                try {
                    return response.body().read();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            response.close();
            assertThatThrownBy(() -> read.get(10, TimeUnit.SECONDS)).hasRootCauseInstanceOf(SocketException.class);
            assertThat(connection.isClosed()).isFalse();
        }
    }

    @Test
    void anEndlessHeadIsAnError() throws Exception {
        answer("HTTP/1.1 200 OK\r\n" + "a: b\r\n".repeat(20_000));
        assertThatThrownBy(() -> http("").send(HttpRequest.get("/")))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("header count exceeded");
    }

    @Test
    void aChunkOfImpossibleLengthIsAnError() throws Exception {
        answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nhello");
        try (HttpResponse response = http("").send(HttpRequest.get("/"))) {
            assertThatThrownBy(response::text).isInstanceOf(MalformedChunkCodingException.class);
        }
    }

    @Test
    void aChunkLongerThanItsLengthIsAnError() throws Exception {
        answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n");
        try (HttpResponse response = http("").send(HttpRequest.get("/"))) {
            assertThatThrownBy(response::text).isInstanceOf(MalformedChunkCodingException.class);
        }
    }

    @Test
    void aClosedPortDiffersFromAClosedConnection() throws Exception {
        answer("");
        assertThatThrownBy(() -> http("").send(HttpRequest.get("/"))).isInstanceOf(NoHttpResponseException.class);
        HttpClient gone = http("");
        server.close();
        assertThatThrownBy(() -> gone.send(HttpRequest.get("/"))).isInstanceOf(ConnectionFailedException.class);
    }

    @Test
    void readTimeoutAndDeadlineAreApplied() throws Exception {
        // the kernel accepts the connection, but the server does not
        HttpRequest request = HttpRequest.get("/").readTimeout(Duration.ofMillis(50));
        assertThatThrownBy(() -> http("").send(request)).isInstanceOf(SocketTimeoutException.class);
        HttpClient hurried = new HttpClient(uri(""), Deadline.in(Duration.ofMillis(50)), null, null);
        assertThatThrownBy(() -> hurried.send(HttpRequest.get("/"))).isInstanceOf(SocketTimeoutException.class);
        assertThatThrownBy(() -> hurried.send(HttpRequest.get("/").readTimeout(Duration.ZERO)))
                .isInstanceOfAny(SocketTimeoutException.class, ConnectionFailedException.class);
    }

    /** The body exceeds the socket buffers, so that the client notices that the server does not read it. */
    @Test
    void aServerMayRefuseABodyWithoutReadingIt() throws Exception {
        CompletableFuture<Void> refused = CompletableFuture.runAsync(() -> {
            try (Socket connection = server.accept()) {
                readHead(connection.getInputStream());
                connection.getOutputStream().write(bytes("HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\n{}"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        try (HttpResponse response = http("").send(HttpRequest.post("/", "x/y", RequestBody.of(new byte[1 << 22])))) {
            assertThat(response.status()).isEqualTo(401);
            assertThat(response.text()).isEqualTo("{}");
        }
        refused.get();
    }

    @Test
    void aPathWithControlCharactersIsRejected() {
        for (String path : new String[] {"/a b", "/a\r\nHost: x", "a", "/\u00e4"}) {
            assertThatThrownBy(() -> HttpRequest.get(path)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** Answers the next request with {@code bytes} and closes the connection; returns the head of the request. */
    private CompletableFuture<String> answer(String bytes) {
        return CompletableFuture.supplyAsync(() -> {
            try (Socket connection = server.accept()) {
                String head = readHead(connection.getInputStream());
                connection.getOutputStream().write(bytes(bytes));
                return head;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static String readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            head.write(in.read());
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private HttpClient http(String base) {
        return new HttpClient(uri(base), Deadline.NEVER, null, null);
    }

    private URI uri(String base) {
        return URI.create("http://127.0.0.1:" + server.getLocalPort() + base);
    }
}
