package dev.trainyard.gateway.problem;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.smallrye.openapi.runtime.OpenApiConstants;
import io.quarkus.smallrye.openapi.runtime.OpenApiDocumentService;
import io.smallrye.openapi.runtime.io.Format;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which methods each path has, by the description of the API. The framework itself does not say it, and takes some
 * paths of another method for none at all.
 */
@ApplicationScoped
public class ApiMethods {
    private static final Set<String> METHODS = Set.of("get", "post", "put", "delete", "patch");

    private final OpenApiDocumentService description;
    private final ObjectMapper json = new ObjectMapper();
    private volatile Map<Pattern, Set<String>> paths;

    ApiMethods(OpenApiDocumentService description) {
        this.description = description;
    }

    /** Empty where there is nothing at {@code path}. */
    public Set<String> methods(String path) {
        Set<String> methods = new TreeSet<>();
        paths().forEach((pattern, offered) -> {
            if (pattern.matcher(path).matches()) {
                methods.addAll(offered);
            }
        });
        return methods;
    }

    private Map<Pattern, Set<String>> paths() {
        if (paths == null) {
            paths = read();
        }
        return paths;
    }

    private Map<Pattern, Set<String>> read() {
        JsonNode api;
        try {
            api = json.readTree(description.getDocument(OpenApiConstants.DEFAULT_DOCUMENT_NAME, Format.JSON));
        } catch (IOException e) {
            throw new UncheckedIOException("the description of the API cannot be read", e);
        }
        Map<Pattern, Set<String>> read = new LinkedHashMap<>();
        api.path("paths").fields().forEachRemaining(path -> {
            Set<String> methods = new TreeSet<>(Set.of("OPTIONS"));
            path.getValue().fieldNames().forEachRemaining(method -> {
                if (METHODS.contains(method)) {
                    methods.add(method.toUpperCase(Locale.ROOT));
                }
            });
            if (methods.contains("GET")) {
                methods.add("HEAD");
            }
            read.put(Pattern.compile(path.getKey().replace(".", "\\.").replaceAll("\\{[^}]*}", "[^/]+")), methods);
        });
        return read;
    }
}
