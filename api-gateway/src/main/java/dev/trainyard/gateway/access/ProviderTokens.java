package dev.trainyard.gateway.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.GatewaySettings;
import jakarta.inject.Singleton;
import java.text.ParseException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies the tokens of a sign-in. The ID token says who the user is; the roles are those of the access token, as for
 * programs, or of the ID token if the access token has none or is not for this platform.
 */
@Singleton
class ProviderTokens {
    private static final Logger LOG = LoggerFactory.getLogger(ProviderTokens.class);
    /** Signatures with public keys only, so that a token cannot be signed with a key that others know. */
    private static final Set<JWSAlgorithm> ALGORITHMS = algorithms();

    private final ProviderDocuments documents;
    private final OidcUsers users;
    private final GatewaySettings.Oidc settings;

    ProviderTokens(ProviderDocuments documents, OidcUsers users, GatewaySettings settings) {
        this.documents = documents;
        this.users = users;
        this.settings = settings.auth().oidc();
    }

    private static Set<JWSAlgorithm> algorithms() {
        Set<JWSAlgorithm> all = new HashSet<>(JWSAlgorithm.Family.RSA);
        all.addAll(JWSAlgorithm.Family.EC);
        return all;
    }

    private record Roles(Set<String> values, Instant until) {}

    ProviderUser verify(OIDCTokens received, Nonce nonce) {
        JWT idToken = received.getIDToken();
        if (idToken == null) {
            throw invalid(new IllegalArgumentException("there is no ID token"));
        }
        JWTClaimsSet claims = idClaims(idToken, nonce);
        String subject = claims.getSubject();
        String refreshToken = received.getRefreshToken() == null
                ? null
                : received.getRefreshToken().getValue();
        return user(claims, subject, idToken.serialize(), received, refreshToken);
    }

    /** @param refreshToken goes on if the provider sends no new one */
    ProviderUser verifyRenewed(OIDCTokens received, SealedTokens old, String refreshToken, String subject) {
        String next = received.getRefreshToken() == null
                ? refreshToken
                : received.getRefreshToken().getValue();
        JWT idToken = received.getIDToken();
        // without a new one, the first ID token says who the user is; it may have expired, and gives no roles
        JWTClaimsSet claims = idToken == null ? null : idClaims(idToken, null);
        if (claims != null && !subject.equals(claims.getSubject())) {
            throw invalid(new IllegalArgumentException("the subject has changed"));
        }
        return user(claims, subject, idToken == null ? old.idToken() : idToken.serialize(), received, next);
    }

    private ProviderUser user(
            @Nullable JWTClaimsSet claims,
            String subject,
            String idToken,
            OIDCTokens received,
            @Nullable String refreshToken) {
        Optional<JWTClaimsSet> access = accessClaims(received, subject);
        Roles roles = access.map(found -> roles(found, received.getAccessToken().getValue()))
                .filter(found -> !found.values().isEmpty())
                .or(() -> Optional.ofNullable(claims).map(found -> roles(found, idToken)))
                .orElseThrow(() -> invalid(new IllegalArgumentException("no token has the roles")));
        String name = claims == null ? access.map(ProviderTokens::name).orElse(subject) : name(claims);
        return new ProviderUser(subject, name, roles.values(), roles.until(), new SealedTokens(refreshToken, idToken));
    }

    private Roles roles(JWTClaimsSet claims, String token) {
        return new Roles(users.claim(token), claims.getExpirationTime().toInstant());
    }

    private JWTClaimsSet idClaims(JWT token, @Nullable Nonce nonce) {
        IDTokenValidator validator = new IDTokenValidator(
                documents.metadata().getIssuer(),
                new ClientID(settings.clientId().orElseThrow().strip()),
                new JWSVerificationKeySelector<>(ALGORITHMS, documents.keys()),
                null);
        try {
            IDTokenClaimsSet claims = validator.validate(token, nonce);
            return claims.toJWTClaimsSet();
        } catch (KeySourceException e) {
            throw documents.unavailable(e);
        } catch (BadJOSEException | JOSEException | com.nimbusds.oauth2.sdk.ParseException e) {
            throw invalid(e);
        }
    }

    /** Empty if the access token is not a JWT of the user for this platform. */
    private Optional<JWTClaimsSet> accessClaims(OIDCTokens received, String subject) {
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, documents.keys()));
        processor.setJWTClaimsSetVerifier(new DefaultJWTClaimsVerifier<>(
                Set.copyOf(settings.audience()
                        .orElse(List.of(settings.clientId().orElseThrow().strip()))),
                new JWTClaimsSet.Builder()
                        .issuer(documents.metadata().getIssuer().getValue())
                        .subject(subject)
                        .build(),
                Set.of("exp"),
                Set.of()));
        try {
            return Optional.of(processor.process(received.getAccessToken().getValue(), null));
        } catch (KeySourceException e) {
            throw documents.unavailable(e);
        } catch (ParseException | BadJOSEException | JOSEException e) {
            LOG.debug("The access token of a sign-in is not used for roles: {}", e.toString());
            return Optional.empty();
        }
    }

    /** As the framework names users of bearer tokens. */
    private static String name(JWTClaimsSet claims) {
        return List.of("upn", "preferred_username").stream()
                .map(claims::getClaim)
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .findFirst()
                .orElseGet(() -> Objects.requireNonNull(claims.getSubject()));
    }

    /** The ID token of a session, which was verified at the sign-in. */
    static JWT parsed(String idToken) {
        try {
            return JWTParser.parse(idToken);
        } catch (ParseException e) {
            throw new IllegalStateException("a verified token can be parsed", e);
        }
    }

    private static ProblemException invalid(Exception cause) {
        LOG.warn("The tokens of a sign-in were refused: {}", cause.toString());
        return new ProblemException(
                ProblemType.UNAUTHORIZED,
                "The tokens of the OpenID provider are not valid for this sign-in. Sign in again; the gateway's log has the reason.");
    }
}
