package dev.trainyard.gateway.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.trainyard.gateway.runtime.GatewaySettings;
import jakarta.inject.Inject;
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

    private static final String ROOT = "<html lang=\"en\">";
    /** Tells the page's script that users have to sign in. */
    private static final String ROOT_WITH_SIGN_IN = "<html lang=\"en\" data-sign-in>";
    /** The same, with the name of an OpenID provider. */
    private static final String ROOT_WITH_PROVIDER = "<html lang=\"en\" data-sign-in data-provider=\"%s\">";

    private static final String MAP_ELEMENT = "<script type=\"importmap\">%s</script>";

    private final HtmlDocument page;
    private final HtmlDocument explorer;

    @Inject
    HtmlDocuments(GatewaySettings settings) throws IOException {
        this(root(settings.auth()));
    }

    private static String root(GatewaySettings.Auth settings) {
        return switch (settings.mode()) {
            case NONE -> ROOT;
            case TOKENS -> ROOT_WITH_SIGN_IN;
            case OIDC -> ROOT_WITH_PROVIDER.formatted(escaped(settings.oidc().providerName()));
        };
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }

    /** @param root start tag of the page's document */
    HtmlDocuments(String root) throws IOException {
        String map = importMap();
        String resource = HtmlDocument.resource(PAGE);
        String html = resource.replace(ROOT, root);
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
