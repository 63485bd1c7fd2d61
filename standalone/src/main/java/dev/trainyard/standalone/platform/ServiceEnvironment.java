package dev.trainyard.standalone.platform;

import dev.trainyard.standalone.process.BasicEnvironment;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Selects the launcher's environment variables for a service: those that any program needs, and settings of the
 * platform and its libraries. Only the gateway gets secrets, because trainers and predictors need none except for a store
 * in S3. All other variables of the user who starts the platform are removed.
 */
final class ServiceEnvironment {
    private static final List<String> SETTINGS = List.of(
            "TRAINYARD_",
            "QUARKUS_",
            "_PROD_",
            "KAFKA_",
            "SMALLRYE_",
            "MP_",
            "OTEL_",
            "OMP_",
            "GOMP_",
            "KMP_",
            "MKL_",
            "OPENBLAS_",
            "ND4J_",
            "CUDA_",
            "NVIDIA_",
            "MALLOC_");
    /** The launcher configures the database and the connection to Kafka itself. */
    private static final Pattern INFRASTRUCTURE =
            Pattern.compile("(_PROD_)?(QUARKUS_(DATASOURCE|FLYWAY)|KAFKA_(SECURITY|SASL|SSL|BOOTSTRAP))_.*");

    /** The user's own access token, which only the client needs. */
    private static final Pattern CLIENT = Pattern.compile("TRAINYARD_TOKEN(_FILE)?");

    private static final Pattern SECRET = Pattern.compile(
            ".*(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|PRIVATE_KEY|API_KEY|ACCESS_KEY|JAAS|AUTHORIZATION).*"
                    + "|(_PROD_)?TRAINYARD_(ADMIN|CALLBACK)_.*|OTEL_.*_HEADERS|.*_OTEL_.*HEADERS");

    /** All services use the artifact store; in S3 they need its credentials. */
    private static final String STORE = "TRAINYARD_ARTIFACTS_URI";

    private static final String STORE_SETTINGS = "AWS_";

    private ServiceEnvironment() {}

    static Map<String, String> ofGateway(Map<String, String> environment) {
        Map<String, String> given = withoutStore(environment);
        given.putAll(store(environment));
        return given;
    }

    private static Map<String, String> store(Map<String, String> environment) {
        Map<String, String> given = new TreeMap<>();
        if (environment.getOrDefault(STORE, "").startsWith("s3:")) {
            environment.forEach((name, value) -> {
                if (name.startsWith(STORE_SETTINGS)) {
                    given.put(name, value);
                }
            });
        }
        return given;
    }

    private static Map<String, String> withoutStore(Map<String, String> environment) {
        Map<String, String> given = new TreeMap<>(BasicEnvironment.of(environment));
        environment.forEach((name, value) -> {
            if (isSetting(name)
                    && !INFRASTRUCTURE.matcher(name).matches()
                    && !CLIENT.matcher(name).matches()) {
                given.put(name, value);
            }
        });
        return given;
    }

    /** For trainers and predictors. */
    static Map<String, String> ofWorker(Map<String, String> environment) {
        Map<String, String> given = withoutStore(environment);
        given.keySet().removeIf(name -> SECRET.matcher(name).matches());
        given.putAll(store(environment));
        return given;
    }

    private static boolean isSetting(String name) {
        return SETTINGS.stream().anyMatch(name::startsWith);
    }
}
