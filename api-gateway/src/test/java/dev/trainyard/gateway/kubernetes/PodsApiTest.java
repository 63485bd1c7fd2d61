package dev.trainyard.gateway.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.trainyard.standalone.testing.Certificates;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The requests to the Kubernetes API, on an HTTPS server that a service account's files describe. */
class PodsApiTest {
    private static final String LABELS = "app.kubernetes.io/component=trainer";

    @TempDir
    Path folder;

    private final List<String> requests = new ArrayList<>();
    private HttpsServer server;
    private int status = 200;
    private String answer = "{}";

    @BeforeEach
    void start() throws Exception {
        Certificates certificates = new Certificates(folder);
        Files.copy(certificates.certificate("cluster"), folder.resolve("ca.crt"));
        Files.writeString(folder.resolve("namespace"), "training");
        Files.writeString(folder.resolve("token"), "first\n");
        server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls(certificates)));
        server.createContext("/", this::answer);
        server.start();
    }

    private static SSLContext tls(Certificates certificates) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(certificates.keyStore("cluster"))) {
            store.load(in, Certificates.PASSWORD.toCharArray());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, Certificates.PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.add("%s %s %s %s %s"
                .formatted(
                        exchange.getRequestMethod(),
                        exchange.getRequestURI(),
                        exchange.getRequestHeaders().getFirst("Authorization"),
                        exchange.getRequestHeaders().getFirst("Content-Type"),
                        new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
        byte[] body = answer.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private PodsApi api() {
        URI address = URI.create("https://127.0.0.1:" + server.getAddress().getPort());
        return new PodsApi(address, new ServiceAccount(folder), LABELS);
    }

    @Test
    void theCostsOfThePodsOfTheNamespaceAreRead() {
        answer = """
                {"kind": "PartialObjectMetadataList", "items": [
                  {"metadata": {"name": "trainer-a", "annotations": {"controller.kubernetes.io/pod-deletion-cost": "1000"}}},
                  {"metadata": {"name": "trainer-b"}}]}""";
        assertThat(api().costs()).isEqualTo(Map.of("trainer-a", 1000, "trainer-b", 0));
        assertThat(requests)
                .containsExactly("GET /api/v1/namespaces/training/pods"
                        + "?labelSelector=app.kubernetes.io%2Fcomponent%3Dtrainer Bearer first null ");
    }

    @Test
    void aCostIsSetAndRemovedWithTheTokenOfTheMoment() throws IOException {
        PodsApi api = api();
        assertThat(api.setCost("trainer-a", 1000)).isTrue();
        Files.writeString(folder.resolve("token"), "second");
        assertThat(api.setCost("trainer-a", 0)).isTrue();
        String path = "PATCH /api/v1/namespaces/training/pods/trainer-a Bearer ";
        String body = " application/merge-patch+json {\"metadata\":{\"annotations\":"
                + "{\"controller.kubernetes.io/pod-deletion-cost\":%s}}}";
        assertThat(requests)
                .containsExactly(path + "first" + body.formatted("\"1000\""), path + "second" + body.formatted("null"));
    }

    @Test
    void aPodThatIsGoneIsNoError() {
        status = 404;
        assertThat(api().setCost("trainer-a", 1000)).isFalse();
    }

    @Test
    void aRefusalNamesWhatIsMissing() {
        status = 403;
        answer = "{\"message\": \"pods is forbidden: User cannot list resource\"}";
        assertThatThrownBy(() -> api().costs())
                .isInstanceOf(KubernetesApiException.class)
                .hasMessageContaining("list pods: 403 pods is forbidden");
    }

    @Test
    void aServerOfAnotherAuthorityGetsNoToken() throws Exception {
        Files.delete(folder.resolve("ca.crt"));
        Files.copy(new Certificates(folder).certificate("somebody"), folder.resolve("ca.crt"));
        assertThatThrownBy(() -> api().costs()).isInstanceOf(KubernetesApiException.class);
        assertThat(requests).isEmpty();
    }

    @Test
    void withoutAServiceAccountTheErrorSaysWhatToDo() {
        assertThatThrownBy(
                        () -> new PodsApi(URI.create("https://127.0.0.1"), new ServiceAccount(folder.resolve("x")), ""))
                .isInstanceOf(KubernetesApiException.class)
                .hasMessageContaining("ca.crt");
    }

    @Test
    void theAddressOfTheClusterIsThatOfTheEnvironment() {
        assertThat(PodsApi.ofCluster(Map.of("KUBERNETES_SERVICE_HOST", "fd00::1", "KUBERNETES_SERVICE_PORT", "6443")))
                .hasToString("https://[fd00::1]:6443");
        assertThat(PodsApi.ofCluster(Map.of())).hasToString("https://kubernetes.default.svc:443");
    }
}
