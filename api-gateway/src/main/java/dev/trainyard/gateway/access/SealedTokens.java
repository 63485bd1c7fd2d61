package dev.trainyard.gateway.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.trainyard.message.WireJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The provider's tokens of a session. They are stored encrypted with a key that is derived from the identifier of the
 * session, which only the browser has, so that the database reveals none.
 */
record SealedTokens(@Nullable String refreshToken, String idToken) {
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int IV_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    byte[] seal(SessionSecret session) {
        byte[] iv = new byte[IV_BYTES];
        RANDOM.nextBytes(iv);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, session, iv).doFinal(WireJson.write(this));
            return ByteBuffer.allocate(IV_BYTES + sealed.length)
                    .put(iv)
                    .put(sealed)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES", e);
        }
    }

    /** Empty if {@code sealed} was not made by {@link #seal} for this session. */
    static Optional<SealedTokens> open(byte[] sealed, SessionSecret session) {
        if (sealed.length <= IV_BYTES) {
            return Optional.empty();
        }
        ByteBuffer all = ByteBuffer.wrap(sealed);
        byte[] iv = new byte[IV_BYTES];
        all.get(iv);
        byte[] rest = new byte[all.remaining()];
        all.get(rest);
        try {
            byte[] json = cipher(Cipher.DECRYPT_MODE, session, iv).doFinal(rest);
            return Optional.of(WireJson.mapper().readValue(json, SealedTokens.class));
        } catch (GeneralSecurityException | JsonProcessingException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory can be read", e);
        }
    }

    private static Cipher cipher(int mode, SessionSecret session, byte[] iv) throws GeneralSecurityException {
        byte[] key = Base64.getUrlDecoder().decode(session.derive("tokens of the provider"));
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, iv));
        return cipher;
    }

    /** Without the tokens, so that they cannot reach a log. */
    @Override
    public String toString() {
        return "…";
    }
}
