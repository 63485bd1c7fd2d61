package dev.trainyard.gateway.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.OAuth2Config;
import no.nav.security.mock.oauth2.http.MockWebServerWrapper;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;
import no.nav.security.mock.oauth2.token.KeyProvider;
import no.nav.security.mock.oauth2.token.OAuth2TokenProvider;
import okhttp3.mockwebserver.Dispatcher;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.RecordedRequest;

/** An OpenID provider with one key. Tests sign tokens with that key or another one. */
public final class TestOidcProvider {
    static final String CLIENT = "trainyard";
    private static final String NAME = "users";

    private final RSAKey key;
    private final MockWebServerWrapper web = new MockWebServerWrapper();
    private final Queue<MockResponse> prepared = new ConcurrentLinkedQueue<>();
    private final MockOAuth2Server server;

    private TestOidcProvider(RSAKey key) {
        this.key = key;
        this.server = new MockOAuth2Server(
                new OAuth2Config(false, null, null, false, new OAuth2TokenProvider(new OneKey(key)), Set.of(), web));
    }

    /** Answers requests for tokens with the prepared answers, if there are any. */
    private static final class PreparedAnswers extends Dispatcher {
        private final Queue<MockResponse> prepared;
        private final Dispatcher usual;

        private PreparedAnswers(Queue<MockResponse> prepared, Dispatcher usual) {
            this.prepared = prepared;
            this.usual = usual;
        }

        @Override
        public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
            boolean forTokens = String.valueOf(request.getPath()).endsWith("/token");
            MockResponse answer = forTokens ? prepared.poll() : null;
            return answer == null ? usual.dispatch(request) : answer;
        }
    }

    /** Publishes the key with its own id; the superclass would rename it. */
    private static final class OneKey extends KeyProvider {
        private final RSAKey key;

        private OneKey(RSAKey key) {
            super(List.of(key));
            this.key = key;
        }

        @Override
        public JWK signingKey(String issuer) {
            return key;
        }
    }

    public static TestOidcProvider start() {
        return start(newKey());
    }

    static TestOidcProvider start(RSAKey key) {
        TestOidcProvider provider = new TestOidcProvider(key);
        provider.server.start(InetAddress.getLoopbackAddress(), OidcProfile.port());
        MockWebServer web = provider.web.getMockWebServer();
        web.setDispatcher(new PreparedAnswers(provider.prepared, web.getDispatcher()));
        return provider;
    }

    /** The next sign-in is that of {@code subject} with these roles. */
    public void expect(String subject, String... roles) {
        expect(subject, Duration.ofMinutes(5), roles);
    }

    void expect(String subject, Duration life, String... roles) {
        server.enqueueCallback(new DefaultOAuth2TokenCallback(
                NAME,
                subject,
                "JWT",
                List.of(CLIENT),
                Map.of("preferred_username", "ada", "realm_access", Map.of("roles", List.of(roles))),
                life.toSeconds()));
    }

    /** The next request for tokens is answered with this text. */
    void answer(int status, String json) {
        prepared.add(new MockResponse()
                .setResponseCode(status)
                .setHeader("Content-Type", "application/json")
                .setBody(json));
    }

    /** Requests since the last call. */
    List<RecordedRequest> requests() throws InterruptedException {
        List<RecordedRequest> all = new ArrayList<>();
        try {
            while (true) {
                all.add(server.takeRequest(50, TimeUnit.MILLISECONDS));
            }
        } catch (RuntimeException e) {
            return all; // there are no more
        }
    }

    public void stop() {
        server.shutdown();
    }

    public static String issuer() {
        return "http://127.0.0.1:%d/%s".formatted(OidcProfile.port(), NAME);
    }

    static RSAKey newKey() {
        try {
            return new RSAKeyGenerator(2048)
                    .keyID(UUID.randomUUID().toString())
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.RS256)
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    RSAKey key() {
        return key;
    }

    /** Claims of a valid token. */
    static JWTClaimsSet.Builder claims(Object roles) {
        Instant now = Instant.now();
        return new JWTClaimsSet.Builder()
                .issuer(issuer())
                .audience(CLIENT)
                .subject("subject-1")
                .claim("preferred_username", "ada")
                .claim("realm_access", Map.of("roles", roles))
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(Duration.ofMinutes(5))));
    }

    String token(JWTClaimsSet.Builder claims) {
        return sign(key, claims);
    }

    String token(String... roles) {
        return token(claims(List.of(roles)));
    }

    static String sign(RSAKey key, JWTClaimsSet.Builder claims) {
        try {
            SignedJWT token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256)
                            .keyID(key.getKeyID())
                            .build(),
                    claims.build());
            token.sign(new RSASSASigner(key));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }
}
