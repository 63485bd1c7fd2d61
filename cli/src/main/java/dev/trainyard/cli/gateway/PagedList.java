package dev.trainyard.cli.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.error.CommandException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Reads the gateway's paginated lists. */
public final class PagedList {
    private static final int PAGE = 500;

    private PagedList() {}

    /** @param more true if items are left after these */
    public record Result(List<JsonNode> items, boolean more) {}

    /**
     * Reads the first {@code limit} items.
     *
     * @param path with or without query parameters
     * @param field of the page that holds the items
     */
    public static Result read(GatewayClient gateway, String path, String field, int limit) throws CommandException {
        if (limit < 1) {
            throw CommandException.usage("--limit must be at least 1, not %d.".formatted(limit), null);
        }
        List<JsonNode> items = new ArrayList<>();
        boolean more = each(gateway, path, field, limit, items::add);
        return new Result(items, more);
    }

    /** Passes every item to {@code reader} without collecting them. */
    public static void each(GatewayClient gateway, String path, String field, Consumer<JsonNode> reader)
            throws CommandException {
        each(gateway, path, field, Integer.MAX_VALUE, reader);
    }

    private static boolean each(GatewayClient gateway, String path, String field, int limit, Consumer<JsonNode> reader)
            throws CommandException {
        String first = path + (path.contains("?") ? "&" : "?") + "limit=";
        int left = limit;
        String cursor = "";
        while (true) {
            JsonNode page = gateway.get(first + Math.min(PAGE, left) + cursor);
            JsonNode items = gateway.list(page, field);
            items.forEach(reader);
            left -= items.size();
            JsonNode next = page.path("next_cursor");
            if (!next.isTextual() || left <= 0) {
                return next.isTextual();
            }
            cursor = "&cursor=" + encoded(next.asText());
        }
    }

    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
