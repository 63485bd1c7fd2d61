package dev.trainyard.gateway.access;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;

/** A gateway with an OpenID provider, which the tests start. */
public class OidcProfile implements QuarkusTestProfile {
    /** In a system property, because the profile and the tests have different class loaders. */
    private static final String PORT = "test.openid-provider.port";

    static int port() {
        if (System.getProperty(PORT) == null) {
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                System.setProperty(PORT, Integer.toString(free.getLocalPort()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return Integer.getInteger(PORT);
    }

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "trainyard.auth.mode", "oidc",
                "trainyard.auth.oidc.provider-name", "Example & \"Co\"",
                "trainyard.auth.oidc.client-secret", "secret of the client",
                "trainyard.rate.sign-ins-per-second", "100",
                "trainyard.auth.oidc.auth-server-url", TestOidcProvider.issuer(),
                "trainyard.auth.oidc.client-id", TestOidcProvider.CLIENT,
                "trainyard.auth.oidc.roles-claim", "realm_access/roles",
                "trainyard.auth.oidc.role-mapping", "ml-team=default:submitter,ops=operator",
                "trainyard.auth.oidc.key-refresh", "100ms");
    }

    /** As {@link OidcProfile}, in a gateway of its own, which has not asked the provider yet. */
    public static final class Fresh extends OidcProfile {}
}
