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
import org.jspecify.annotations.Nullable;

/**
 * The HTTP methods of each path, from the OpenAPI document. The framework does not provide them, and answers 404
 * instead of 405 on some paths.
 */
@ApplicationScoped
public class ApiMethods {
    private static final Set<String> METHODS = Set.of("get", "post", "put", "delete", "patch");

    private final OpenApiDocumentService description;
    private final ObjectMapper json = new ObjectMapper();
    private volatile @Nullable Map<Pattern, Set<String>> paths;

    ApiMethods(OpenApiDocumentService description) {
        this.description = description;
    }

    /** Returns the methods of {@code path}; empty if it does not exist. */
    public Set<String> methods(String path) {
        Set<String> methods = new TreeSet<>();
        paths().forEach((pattern, methodsOfPath) -> {
            if (pattern.matcher(path).matches()) {
                methods.addAll(methodsOfPath);
            }
        });
        return methods;
    }

    private Map<Pattern, Set<String>> paths() {
        Map<Pattern, Set<String>> known = paths;
        if (known == null) {
            known = read();
            paths = known;
        }
        return known;
    }

    private Map<Pattern, Set<String>> read() {
        JsonNode api;
        try {
            api = json.readTree(description.getDocument(OpenApiConstants.DEFAULT_DOCUMENT_NAME, Format.JSON));
        } catch (IOException e) {
            throw new UncheckedIOException("the OpenAPI document cannot be read", e);
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
