package dev.trainyard.cli.gateway;

import dev.trainyard.cli.error.CommandException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Address of the gateway: from the option, from TRAINYARD_SERVER, or of the platform that runs on this machine.
 *
 * @param url without a trailing slash
 * @param otherHome clone that the platform was started from, if that is another one and the user did not name the
 *     server; otherwise null
 */
public record ServerAddress(String url, @Nullable Path otherHome) {
    public static final String DEFAULT = "http://127.0.0.1:8080";

    private static final String VARIABLE = "TRAINYARD_SERVER";

    /** @param option null if it was not given */
    public static ServerAddress of(@Nullable String option) throws CommandException {
        if (!isNamed(option)) {
            return LocalPlatforms.address();
        }
        String text = option != null ? option : System.getenv(VARIABLE);
        String url = (text.contains("://") ? text : "http://" + text).replaceAll("/+$", "");
        try {
            URI uri = new URI(url);
            boolean alone = uri.getQuery() == null && uri.getFragment() == null;
            if (uri.getHost() != null && uri.getScheme().matches("(?i)https?") && uri.getPort() <= 65_535 && alone) {
                return new ServerAddress(url, null);
            }
        } catch (URISyntaxException e) {
            // reported below
        }
        throw CommandException.usage(
                "\"%s\" is not a gateway address.".formatted(text),
                "Set --server or %s to an address like %s.".formatted(VARIABLE, DEFAULT));
    }

    public static boolean isNamed(@Nullable String option) {
        String variable = System.getenv(VARIABLE);
        return option != null || variable != null && !variable.isBlank();
    }
}
