package dev.trainyard.gateway.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text {@code ty_ID_SECRET} that a client sends.
 *
 * @param id 16 hexadecimal digits, public
 * @param secret 64 hexadecimal digits, which are 256 random bits
 */
record TokenSecret(String id, String secret) {
    private static final Pattern TEXT = Pattern.compile("ty_([0-9a-f]{16})_([0-9a-f]{64})");
    private static final SecureRandom RANDOM = new SecureRandom();

    static TokenSecret create() {
        return ofId(random(8));
    }

    /** A new secret for an existing token. */
    static TokenSecret ofId(String id) {
        return new TokenSecret(id, random(32));
    }

    private static String random(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** Empty if {@code text} does not have the form of a token. */
    static Optional<TokenSecret> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        return matcher.matches() ? Optional.of(new TokenSecret(matcher.group(1), matcher.group(2))) : Optional.empty();
    }

    /** Whether {@code text} is meant to be an access token of this platform. */
    static boolean hasPrefix(String text) {
        return text.startsWith("ty_");
    }

    /** SHA-256 of the secret; a slow hash would add nothing, because the secret is random. */
    byte[] hash() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Compares in constant time. */
    boolean matches(byte[] storedHash) {
        return MessageDigest.isEqual(hash(), storedHash);
    }

    /** The text for the client, which is shown once. */
    String text() {
        return "ty_" + id + "_" + secret;
    }

    /** Without the secret, so that it cannot reach a log. */
    @Override
    public String toString() {
        return "ty_" + id + "_…";
    }
}
