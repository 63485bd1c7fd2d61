package dev.trainyard.gateway.access;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A secret of a session: its identifier or its CSRF token.
 *
 * @param text 64 hexadecimal digits, which are 256 random bits
 */
record SessionSecret(String text) {
    private static final Pattern TEXT = Pattern.compile("[0-9a-f]{64}");
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int BYTES = 32;
    private static final String DERIVATION = "HmacSHA256";

    static SessionSecret create() {
        byte[] random = new byte[BYTES];
        RANDOM.nextBytes(random);
        return new SessionSecret(HexFormat.of().formatHex(random));
    }

    /** Empty if {@code text} does not have the form of a secret. */
    static Optional<SessionSecret> parse(@Nullable String text) {
        return text != null && TEXT.matcher(text).matches() ? Optional.of(new SessionSecret(text)) : Optional.empty();
    }

    /** SHA-256 in hexadecimal digits. */
    String hash() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** A text of 256 bits that depends on this secret and {@code purpose}, and does not reveal the secret. */
    String derive(String purpose) {
        try {
            Mac mac = Mac.getInstance(DERIVATION);
            mac.init(new SecretKeySpec(text.getBytes(StandardCharsets.US_ASCII), DERIVATION));
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(mac.doFinal(purpose.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + DERIVATION, e);
        }
    }

    /** Compares in constant time. */
    boolean matches(String storedHash) {
        return MessageDigest.isEqual(
                hash().getBytes(StandardCharsets.US_ASCII), storedHash.getBytes(StandardCharsets.US_ASCII));
    }

    /** Without the secret, so that it cannot reach a log. */
    @Override
    public String toString() {
        return "…";
    }
}
