package dev.trainyard.cli.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.trainyard.cli.ClientProcess;
import dev.trainyard.cli.CommandLineRun;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway behind TLS. The client runs in a separate process, because a JVM reads its trust store once. */
class TlsTest {
    private static final String PASSWORD = "changeit";

    @TempDir
    static Path folder;

    private static HttpsServer gateway;

    @BeforeAll
    static void serve() throws Exception {
        Path keys = folder.resolve("keys.p12");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        String options =
                " -genkeypair -alias gateway -keyalg EC -dname CN=gateway -ext san=ip:127.0.0.1 -storetype PKCS12"
                        + " -storepass " + PASSWORD + " -keystore " + keys;
        Process made = new ProcessBuilder((keytool + options).split(" ")).start();
        assertThat(made.waitFor()).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        gateway = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        gateway.setHttpsConfigurator(new HttpsConfigurator(context));
        gateway.createContext("/", exchange -> {
            byte[] body = "{\"jobs\":[]}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        gateway.start();
    }

    @AfterAll
    static void stop() {
        gateway.stop(0);
    }

    @Test
    void aTrustedCertificateIsAccepted() throws Exception {
        CommandLineRun run = list(true, "127.0.0.1");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("No matching jobs");
    }

    @Test
    void anUntrustedOrMismatchedCertificateIsRejected() throws Exception {
        for (CommandLineRun run : List.of(list(false, "127.0.0.1"), list(true, "localhost"))) {
            assertThat(run.exitCode()).as(run.err()).isEqualTo(4);
            assertThat(run.err()).contains("No gateway answers at https://");
        }
    }

    private static CommandLineRun list(boolean trusting, String host) throws Exception {
        List<String> trust = List.of(
                "-Djavax.net.ssl.trustStore=" + folder.resolve("keys.p12"),
                "-Djavax.net.ssl.trustStorePassword=" + PASSWORD,
                "-Djavax.net.ssl.trustStoreType=PKCS12");
        String server = "https://" + host + ":" + gateway.getAddress().getPort();
        try (ClientProcess client =
                ClientProcess.start(trusting ? trust : List.of(), "jobs", "ls", "--server", server)) {
            return client.awaitEnd();
        }
    }
}
