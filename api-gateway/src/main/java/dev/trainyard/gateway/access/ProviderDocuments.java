package dev.trainyard.gateway.access;

import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.GatewaySettings;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The provider's description of itself and its keys, read again from time to time. */
@Singleton
class ProviderDocuments {
    private static final Logger LOG = LoggerFactory.getLogger(ProviderDocuments.class);
    private static final int LIMIT_MILLIS = (int) OpenIdProvider.LIMIT.toMillis();
    private static final int MAX_BYTES = 1 << 20;
    private static final Duration FRESH = Duration.ofMinutes(10);
    /** After a call without answer, so that requests do not all wait for a provider that does not respond. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final GatewaySettings.Oidc settings;
    private volatile @Nullable Known known;
    private volatile Instant nextTry = Instant.MIN;

    ProviderDocuments(GatewaySettings settings) {
        this.settings = settings.auth().oidc();
    }

    private record Known(OIDCProviderMetadata metadata, JWKSource<SecurityContext> keys, Instant at) {}

    /** @throws ProblemException 503 if they have not been read yet and the provider does not respond */
    OIDCProviderMetadata metadata() {
        return known().metadata();
    }

    JWKSource<SecurityContext> keys() {
        return known().keys();
    }

    private Known known() {
        Known present = known;
        Instant now = Instant.now();
        if (present != null && (now.isBefore(present.at().plus(FRESH)) || now.isBefore(nextTry))) {
            return present;
        }
        requireResponding();
        try {
            Known read = read(now);
            known = read;
            return read;
        } catch (IOException e) {
            ProblemException unavailable = unavailable(e);
            if (present == null) {
                throw unavailable;
            }
            return present;
        } catch (ParseException e) {
            throw unusable(e);
        }
    }

    private Known read(Instant now) throws IOException, ParseException {
        String base = settings.authServerUrl().orElseThrow().strip().replaceFirst("/+$", "");
        HTTPResponse response = limited(
                        new HTTPRequest(HTTPRequest.Method.GET, URI.create(base + "/.well-known/openid-configuration")))
                .send();
        response.ensureStatusCode(HTTPResponse.SC_OK);
        OIDCProviderMetadata metadata = OIDCProviderMetadata.parse(response.getBody());
        if (metadata.getAuthorizationEndpointURI() == null || metadata.getTokenEndpointURI() == null) {
            throw new ParseException("it has no endpoint for authorization or tokens");
        }
        Known present = known;
        boolean sameKeys = present != null && present.metadata().getJWKSetURI().equals(metadata.getJWKSetURI());
        return new Known(metadata, sameKeys && present != null ? present.keys() : keys(metadata), now);
    }

    private JWKSource<SecurityContext> keys(OIDCProviderMetadata metadata) throws IOException {
        return JWKSourceBuilder.<SecurityContext>create(
                        metadata.getJWKSetURI().toURL(),
                        new DefaultResourceRetriever(LIMIT_MILLIS, LIMIT_MILLIS, MAX_BYTES))
                .refreshAheadCache(false)
                .rateLimited(settings.keyRefresh().toMillis())
                .build();
    }

    /** With time limits, and without following redirects, which could lead away from the provider. */
    static HTTPRequest limited(HTTPRequest request) {
        request.setConnectTimeout(LIMIT_MILLIS);
        request.setReadTimeout(LIMIT_MILLIS);
        request.setFollowRedirects(false);
        return request;
    }

    /** @throws ProblemException 503 if the provider did not respond a moment ago */
    void requireResponding() {
        if (Instant.now().isBefore(nextTry)) {
            throw noResponse();
        }
    }

    ProblemException unavailable(Exception cause) {
        LOG.warn("The OpenID provider does not respond: {}", cause.toString());
        nextTry = Instant.now().plus(PAUSE);
        return noResponse();
    }

    private static ProblemException noResponse() {
        return new ProblemException(
                ProblemType.UNAVAILABLE,
                "The OpenID provider does not respond. Try again, or use an access token of this platform.",
                PAUSE);
    }

    ProblemException unusable(Exception cause) {
        LOG.warn("An answer of the OpenID provider cannot be used: {}", cause.toString());
        return new ProblemException(
                ProblemType.UNAVAILABLE,
                "The OpenID provider gave an answer that cannot be used; the gateway's log has the reason. Try again, or use an access token of this platform.",
                PAUSE);
    }
}
