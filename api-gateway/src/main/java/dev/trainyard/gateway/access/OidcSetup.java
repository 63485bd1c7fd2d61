package dev.trainyard.gateway.access;

import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.GatewaySettings.Auth.Mode;
import io.quarkus.oidc.Oidc;
import io.quarkus.oidc.OidcTenantConfig;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Configures the OpenID provider in mode {@code oidc}. Otherwise the extension stays disabled. */
@Singleton
class OidcSetup {
    /** For the provider's documents and keys, which requests wait for. */
    private static final Duration PROVIDER_LIMIT = Duration.ofSeconds(2);

    private final GatewaySettings.Auth settings;

    OidcSetup(GatewaySettings settings) {
        this.settings = settings.auth();
    }

    void configure(@Observes Oidc oidc) {
        if (settings.mode() == Mode.OIDC) {
            oidc.create(tenant(settings.oidc()));
        }
    }

    /** The audience is always checked, so that tokens for other applications of the provider are refused. */
    private static OidcTenantConfig tenant(GatewaySettings.Oidc oidc) {
        String client = required(oidc.clientId(), "client-id", "the id of this platform at the provider");
        return OidcTenantConfig.authServerUrl(
                        required(oidc.authServerUrl(), "auth-server-url", "the provider's URL, without .well-known"))
                .clientId(client)
                .connectionTimeout(PROVIDER_LIMIT)
                .connectionRetryCount(1)
                .token()
                .audience(oidc.audience().orElse(List.of(client)))
                .subjectRequired()
                .allowJwtIntrospection(false)
                .allowOpaqueTokenIntrospection(false)
                .forcedJwkRefreshInterval(oidc.keyRefresh())
                .end()
                .build();
    }

    private static String required(Optional<String> value, String name, String meaning) {
        return value.map(String::strip)
                .filter(text -> !text.isEmpty())
                .orElseThrow(() -> new ConfigurationException(
                        "trainyard.auth.mode=oidc needs trainyard.auth.oidc.%s: %s.".formatted(name, meaning)));
    }
}
