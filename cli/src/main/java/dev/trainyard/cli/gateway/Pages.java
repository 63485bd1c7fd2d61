package dev.trainyard.cli.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.CommandFailure;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads lists that the gateway gives page by page. */
public final class Pages {
    private static final int PAGE = 500;

    private Pages() {}

    /** @param more whether there are others after these */
    public record Result(List<JsonNode> items, boolean more) {}

    /**
     * The first {@code limit}.
     *
     * @param path up to the question mark, or with parameters behind it
     * @param field where a page has its items
     */
    public static Result read(GatewayClient gateway, String path, String field, int limit) throws CommandFailure {
        if (limit < 1) {
            throw CommandFailure.usage("--limit must be at least 1, not %d.".formatted(limit), null);
        }
        List<JsonNode> items = new ArrayList<>();
        String cursor = "";
        while (true) {
            int wanted = Math.min(PAGE, limit - items.size());
            JsonNode page = gateway.get(path + "&limit=" + wanted + cursor);
            page.path(field).forEach(items::add);
            JsonNode next = page.path("next_cursor");
            if (!next.isTextual() || items.size() >= limit) {
                return new Result(items, next.isTextual());
            }
            cursor = "&cursor=" + encoded(next.asText());
        }
    }

    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
