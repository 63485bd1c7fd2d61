package dev.trainyard.gateway.access;

import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.Nonce;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * The random value, in a cookie, that binds a sign-in at the OpenID provider to a browser. State, nonce and PKCE verifier
 * are derived from it, so that each gateway can complete a sign-in that another one began.
 */
record SignInSecret(SessionSecret random) {

    State state() {
        return new State(random.derive("state"));
    }

    Nonce nonce() {
        return new Nonce(random.derive("nonce"));
    }

    CodeVerifier verifier() {
        return new CodeVerifier(random.derive("PKCE verifier"));
    }

    /** Compares in constant time. */
    boolean hasState(String sent) {
        return MessageDigest.isEqual(
                state().getValue().getBytes(StandardCharsets.UTF_8), sent.getBytes(StandardCharsets.UTF_8));
    }
}
