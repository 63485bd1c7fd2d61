package dev.trainyard.kafka;

import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;

/** Says in words for an operator why Kafka refused a connection or an operation, and which setting to check. */
public final class ConnectionProblems {
    private ConnectionProblems() {}

    public static String describe(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SaslAuthenticationException) {
                return "Kafka refuses the user or password (%s). Check kafka.sasl.mechanism and kafka.sasl.jaas.config."
                        .formatted(cause.getMessage());
            }
            if (cause instanceof SslAuthenticationException) {
                return ("No TLS connection to Kafka (%s). The broker's certificate must name its host and be trusted by "
                                + "kafka.ssl.truststore.location; the broker may require one in kafka.ssl.keystore.location.")
                        .formatted(root(cause));
            }
            if (cause instanceof AuthorizationException) {
                return "Kafka does not permit this to the service's user (%s). Apply the access rules of docs/transport.md."
                        .formatted(cause.getMessage());
            }
        }
        return String.valueOf(root(failure));
    }

    /** The last cause, which of TLS failures is the one that says something. */
    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
