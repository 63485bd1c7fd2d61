package dev.trainyard.cli.gateway;

import dev.trainyard.cli.error.CommandException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Chooses the access token for a gateway: TRAINYARD_TOKEN, else the one of {@code ./trainyard login}. */
final class AccessToken {
    private AccessToken() {}

    /** Returns null if there is none. */
    static @Nullable String forServer(String server) throws CommandException {
        String set = SecretVariable.read("TRAINYARD_TOKEN");
        if (set != null) {
            return set;
        }
        try {
            return StoredTokens.ofUser().find(server);
        } catch (IOException e) {
            throw CommandException.usage("The stored access tokens cannot be read: " + e.getMessage(), null);
        }
    }
}
