package dev.trainyard.benchmarks.load;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Complete HTTP requests for a prediction. */
final class PredictRequests {
    private static final String BOUNDARY = "----trainyard";

    private PredictRequests() {}

    /**
     * The request that browsers and {@code curl -F} send.
     *
     * @param token access token; null for none
     */
    static byte[] form(byte[] png, @Nullable String token) throws IOException {
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        String head = "--%s\r\nContent-Disposition: form-data; name=\"image\"; filename=\"8.png\"\r\n"
                + "Content-Type: image/png\r\n\r\n";
        form.write(head.formatted(BOUNDARY).getBytes(StandardCharsets.US_ASCII));
        form.write(png);
        form.write("\r\n--%s--\r\n".formatted(BOUNDARY).getBytes(StandardCharsets.US_ASCII));
        return HttpConnection.post(
                "/api/v1/predict",
                "multipart/form-data; boundary=" + BOUNDARY,
                token == null ? Map.of() : Map.of("Authorization", "Bearer " + token),
                form.toByteArray());
    }
}
