package dev.trainyard.gateway.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** The HTML documents of the gateway: the web page and the API explorer. */
@Singleton
public class HtmlDocuments {
    private static final String PAGE = "META-INF/resources/index.html";
    private static final String EXPLORER = "META-INF/resources/app/api-explorer.html";
    /** Each JavaScript library of the page lists its module files here. */
    private static final String MODULES = "META-INF/importmap.json";

    private static final String MAP_ELEMENT = "<script type=\"importmap\">%s</script>";

    private final HtmlDocument page;
    private final HtmlDocument explorer;

    HtmlDocuments() throws IOException {
        String map = importMap();
        String html = HtmlDocument.resource(PAGE);
        String empty = MAP_ELEMENT.formatted("{}");
        if (!html.contains(empty)) {
            throw new IllegalStateException(PAGE + " has no " + empty);
        }
        page = HtmlDocument.of(html.replace(empty, MAP_ELEMENT.formatted(map)), map);
        explorer = HtmlDocument.of(HtmlDocument.resource(EXPLORER));
    }

    public HtmlDocument page() {
        return page;
    }

    HtmlDocument explorer() {
        return explorer;
    }

    /** Browsers accept an import map only as an inline script. */
    private static String importMap() throws IOException {
        ObjectMapper json = new ObjectMapper();
        Map<String, String> imports = new TreeMap<>();
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        for (URL library : Collections.list(loader.getResources(MODULES))) {
            JsonNode modules = json.readTree(library);
            modules.path("imports")
                    .fields()
                    .forEachRemaining(module ->
                            imports.put(module.getKey(), module.getValue().asText()));
        }
        try {
            return json.writeValueAsString(Map.of("imports", imports)).replace("<", "\\u003c");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
