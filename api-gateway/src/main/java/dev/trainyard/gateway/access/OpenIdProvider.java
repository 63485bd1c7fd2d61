package dev.trainyard.gateway.access;

import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.LogoutRequest;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.GatewaySettings;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Signs users in at the OpenID provider: authorization code flow with PKCE, renewal and sign-out. Its calls block. */
@Singleton
class OpenIdProvider {
    private static final Logger LOG = LoggerFactory.getLogger(OpenIdProvider.class);

    /** For each call. */
    static final Duration LIMIT = Duration.ofSeconds(2);

    private final GatewaySettings.Oidc settings;
    private final ProviderDocuments documents;
    private final ProviderTokens tokens;

    OpenIdProvider(ProviderDocuments documents, ProviderTokens tokens, GatewaySettings settings) {
        this.documents = documents;
        this.tokens = tokens;
        this.settings = settings.auth().oidc();
    }

    /** Where the browser has to go. */
    URI authorization(SignInSecret secret, URI redirect) {
        OIDCProviderMetadata metadata = documents.metadata();
        return new AuthenticationRequest.Builder(
                        ResponseType.CODE, new Scope(settings.scopes().toArray(String[]::new)), client(), redirect)
                .endpointURI(metadata.getAuthorizationEndpointURI())
                .state(secret.state())
                .nonce(secret.nonce())
                .codeChallenge(secret.verifier(), CodeChallengeMethod.S256)
                .build()
                .toURI();
    }

    /** Exchanges the code of a completed sign-in; {@code redirect} as at its start. */
    ProviderUser exchange(String code, SignInSecret secret, URI redirect) {
        OIDCTokens received =
                request(new AuthorizationCodeGrant(new AuthorizationCode(code), redirect, secret.verifier()));
        return tokens.verify(received, secret.nonce());
    }

    /**
     * Renews the tokens of a user.
     *
     * @throws ProblemException 401 if the provider refuses, 503 if it does not respond
     */
    ProviderUser renew(SealedTokens old, String refreshToken, String subject) {
        OIDCTokens received = request(new RefreshTokenGrant(new RefreshToken(refreshToken)));
        return tokens.verifyRenewed(received, old, refreshToken, subject);
    }

    private OIDCTokens request(AuthorizationGrant grant) {
        URI endpoint = documents.metadata().getTokenEndpointURI();
        documents.requireResponding();
        TokenRequest request = settings.clientSecret()
                .map(secret -> new TokenRequest(endpoint, new ClientSecretBasic(client(), new Secret(secret)), grant))
                .orElseGet(() -> new TokenRequest(endpoint, client(), grant));
        try {
            TokenResponse response = OIDCTokenResponseParser.parse(
                    ProviderDocuments.limited(request.toHTTPRequest()).send());
            if (response.indicatesSuccess() && response.toSuccessResponse() instanceof OIDCTokenResponse success) {
                return success.getOIDCTokens();
            }
            throw refusal(response.toErrorResponse().getErrorObject());
        } catch (IOException e) {
            throw documents.unavailable(e);
        } catch (ParseException e) {
            throw documents.unusable(e);
        }
    }

    private ProblemException refusal(@Nullable ErrorObject error) {
        if (error == null || error.getCode() == null) {
            return documents.unusable(new ParseException("it has neither tokens nor an error"));
        }
        String code = error.getCode();
        if (OAuth2Error.INVALID_CLIENT.getCode().equals(code)
                || OAuth2Error.UNAUTHORIZED_CLIENT.getCode().equals(code)) {
            LOG.error("The OpenID provider refuses this platform: {}", code);
            return new ProblemException(
                    ProblemType.UNAVAILABLE,
                    "The OpenID provider does not accept this platform (%s). The operator has to check trainyard.auth.oidc.client-id and trainyard.auth.oidc.client-secret."
                            .formatted(code));
        }
        return new ProblemException(
                ProblemType.UNAUTHORIZED,
                "The OpenID provider refused the sign-in (%s). Sign in again.".formatted(code));
    }

    /** Where the browser has to go to sign out at the provider too; empty if the provider has no such address. */
    Optional<URI> signOut(SealedTokens sealed, URI after) {
        try {
            URI endpoint = documents.metadata().getEndSessionEndpointURI();
            return endpoint == null
                    ? Optional.empty()
                    : Optional.of(new LogoutRequest(
                                    endpoint,
                                    ProviderTokens.parsed(sealed.idToken()),
                                    null,
                                    client(),
                                    after,
                                    null,
                                    null)
                            .toURI());
        } catch (ProblemException e) {
            LOG.debug("The user is signed out of this platform only", e);
            return Optional.empty();
        }
    }

    private ClientID client() {
        return new ClientID(settings.clientId().orElseThrow().strip());
    }
}
