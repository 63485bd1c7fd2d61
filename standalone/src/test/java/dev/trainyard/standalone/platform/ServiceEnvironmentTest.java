package dev.trainyard.standalone.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServiceEnvironmentTest {
    private static final Map<String, String> LAUNCHERS = launchers();

    private static final String[] LIBRARIES = {
        "LD_PRELOAD",
        "LD_LIBRARY_PATH",
        "GLIBC_TUNABLES",
        "OMP_NUM_THREADS",
        "KMP_AFFINITY",
        "GOMP_SPINCOUNT",
        "LOCALE_ARCHIVE",
        "LOCPATH",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
    };

    private static Map<String, String> launchers() {
        Map<String, String> environment = new HashMap<>();
        for (String name : new String[] {
            "PATH",
            "HOME",
            "TRAINYARD_LEASE_DURATION",
            "TRAINYARD_HEARTBEAT_INTERVAL",
            "TRAINYARD_TOKEN",
            "TRAINYARD_TOKEN_FILE",
            "TRAINYARD_ADMIN_TOKEN",
            "TRAINYARD_ADMIN_TOKEN_FILE",
            "TRAINYARD_CALLBACK_SECRET",
            "TRAINYARD_CALLBACK_SECRET_FILE",
            "_PROD_TRAINYARD_ADMIN_TOKEN",
            "QUARKUS_DATASOURCE_PASSWORD",
            "QUARKUS_DATASOURCE_PASSWORD_FILE",
            "QUARKUS_DATASOURCE_USERNAME",
            "KAFKA_SECURITY_PROTOCOL",
            "KAFKA_SASL_JAAS_CONFIG",
            "KAFKA_SSL_KEYSTORE_PASSWORD_FILE",
            "QUARKUS_LOG_LEVEL",
            "OTEL_EXPORTER_OTLP_HEADERS",
            "AWS_SECRET_ACCESS_KEY",
            "GITHUB_TOKEN",
            "SSH_AUTH_SOCK",
            "PGPASSWORD",
            "EDITOR",
        }) {
            environment.put(name, "x");
        }
        return environment;
    }

    @Test
    void theGatewayGetsOnlyItsOwnSecrets() {
        assertThat(ServiceEnvironment.ofGateway(LAUNCHERS))
                .containsOnlyKeys(
                        "PATH",
                        "HOME",
                        "TRAINYARD_LEASE_DURATION",
                        "TRAINYARD_HEARTBEAT_INTERVAL",
                        "TRAINYARD_ADMIN_TOKEN",
                        "TRAINYARD_ADMIN_TOKEN_FILE",
                        "TRAINYARD_CALLBACK_SECRET",
                        "TRAINYARD_CALLBACK_SECRET_FILE",
                        "_PROD_TRAINYARD_ADMIN_TOKEN",
                        "QUARKUS_LOG_LEVEL",
                        "OTEL_EXPORTER_OTLP_HEADERS");
    }

    @Test
    void allServicesGetTheCredentialsOfAStoreInS3() {
        Map<String, String> inS3 = new HashMap<>(LAUNCHERS);
        inS3.put("TRAINYARD_ARTIFACTS_URI", "s3://bucket/prefix");
        assertThat(ServiceEnvironment.ofGateway(inS3)).containsKey("AWS_SECRET_ACCESS_KEY");
        assertThat(ServiceEnvironment.ofWorker(inS3))
                .containsKeys("AWS_SECRET_ACCESS_KEY", "TRAINYARD_ARTIFACTS_URI")
                .doesNotContainKeys("TRAINYARD_ADMIN_TOKEN", "GITHUB_TOKEN");
        inS3.put("TRAINYARD_ARTIFACTS_URI", "file:/artifacts");
        assertThat(ServiceEnvironment.ofGateway(inS3)).doesNotContainKey("AWS_SECRET_ACCESS_KEY");
        assertThat(ServiceEnvironment.ofWorker(inS3)).doesNotContainKey("AWS_SECRET_ACCESS_KEY");
    }

    @Test
    void workersGetSettingsWithoutSecrets() {
        assertThat(ServiceEnvironment.ofWorker(LAUNCHERS))
                .containsOnlyKeys(
                        "PATH",
                        "HOME",
                        "TRAINYARD_LEASE_DURATION",
                        "TRAINYARD_HEARTBEAT_INTERVAL",
                        "QUARKUS_LOG_LEVEL");
    }

    @Test
    void settingsOfSystemLibrariesReachEachService() {
        Map<String, String> environment = new HashMap<>();
        for (String name : LIBRARIES) {
            environment.put(name, "x");
        }
        assertThat(ServiceEnvironment.ofGateway(environment)).containsOnlyKeys(LIBRARIES);
        assertThat(ServiceEnvironment.ofWorker(environment)).containsOnlyKeys(LIBRARIES);
    }
}
