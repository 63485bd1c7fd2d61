package dev.trainyard.gateway.jobs;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs callbacks as Standard Webhooks describes it ({@code webhook-id}, {@code webhook-timestamp}, {@code
 * webhook-signature}), and in {@code Trainyard-Signature}, which earlier releases sent alone. While a secret is
 * replaced, both the current and the previous one sign.
 */
final class CallbackSigner {
    private static final String SECRET = "trainyard.callback.secret";
    private static final String PREVIOUS = "trainyard.callback.previous-secret";
    private static final String ALGORITHM = "HmacSHA256";
    /** Marks a secret whose rest is the key in base 64. */
    private static final String ENCODED = "whsec_";

    private final List<Key> keys;

    /**
     * @param webhook key of {@code webhook-signature}
     * @param text key of {@code Trainyard-Signature}: the secret as it is written
     */
    private record Key(SecretKeySpec webhook, SecretKeySpec text) {}

    private CallbackSigner(List<Key> keys) {
        this.keys = keys;
    }

    /**
     * Returns empty without a secret.
     *
     * @throws IllegalArgumentException if a secret cannot be used; the message says what to do
     */
    static Optional<CallbackSigner> of(Optional<String> secret, Optional<String> previous) {
        if (secret.isEmpty()) {
            if (previous.isPresent()) {
                throw new IllegalArgumentException(
                        "%s is set without %s, which signs as well; set both.".formatted(PREVIOUS, SECRET));
            }
            return Optional.empty();
        }
        Stream<Key> keys = Stream.concat(
                Stream.of(key(SECRET, secret.get())),
                previous.filter(text -> !text.equals(secret.get())).map(text -> key(PREVIOUS, text)).stream());
        return Optional.of(new CallbackSigner(keys.toList()));
    }

    private static Key key(String setting, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        SecretKeySpec literal = new SecretKeySpec(bytes, ALGORITHM);
        if (!text.startsWith(ENCODED)) {
            return new Key(literal, literal);
        }
        try {
            byte[] decoded = Base64.getDecoder().decode(text.substring(ENCODED.length()));
            return new Key(new SecretKeySpec(decoded, ALGORITHM), literal);
        } catch (IllegalArgumentException e) {
            // without the cause, which quotes a character of the secret
            throw new IllegalArgumentException(
                    "%s begins with %s, so the rest must be the key in base 64, such as that of: openssl rand -base64 32"
                            .formatted(setting, ENCODED));
        }
    }

    /** @param id of the event, the same in each repetition */
    Map<String, String> headers(String id, String body, Instant at) {
        long seconds = at.getEpochSecond();
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("webhook-id", id);
        headers.put("webhook-timestamp", String.valueOf(seconds));
        String webhook = "%s.%d.%s".formatted(id, seconds, body);
        headers.put(
                "webhook-signature",
                joined(" ", key -> "v1," + Base64.getEncoder().encodeToString(mac(key.webhook(), webhook))));
        String plain = seconds + "." + body;
        headers.put(
                "Trainyard-Signature",
                "t=%d,".formatted(seconds)
                        + joined(",", key -> "v1=" + HexFormat.of().formatHex(mac(key.text(), plain))));
        return headers;
    }

    private String joined(String separator, Function<Key, String> signature) {
        return keys.stream().map(signature).collect(Collectors.joining(separator));
    }

    private static byte[] mac(SecretKeySpec key, String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }
}
