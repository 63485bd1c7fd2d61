package dev.trainyard.gateway.http;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.validation.Violation;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Rejects a request that repeats a parameter with a single value, because it is ambiguous which value is meant.
 */
class RepeatedParameterFilter {
    private static final String PREFER = "Prefer";
    /** Headers that the framework itself reads. */
    private static final Set<String> SINGLE_HEADERS = Set.of("Content-Type", "Authorization");

    private final Map<Method, SingleValueParameters> declared = new ConcurrentHashMap<>();

    @ServerRequestFilter
    public void check(ResourceInfo resource, UriInfo uri, RoutingContext context) {
        MultivaluedMap<String, String> query = uri.getQueryParameters();
        MultiMap headers = context.request().headers();
        SingleValueParameters single =
                declared.computeIfAbsent(resource.getResourceMethod(), SingleValueParameters::of);
        List<Violation> errors = new ArrayList<>();
        for (String name : single.query()) {
            int count = query.containsKey(name) ? query.get(name).size() : 0;
            requireOne("?" + name, count, errors);
        }
        for (String name : single.headers()) {
            requireOne(name, headers.getAll(name).size(), errors);
        }
        for (String name : SINGLE_HEADERS) {
            requireOne(name, headers.getAll(name).size(), errors);
        }
        requireNoConflict(headers.getAll(PREFER), errors);
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
    }

    private static void requireOne(String pointer, int count, List<Violation> errors) {
        Violation error = new Violation(pointer, "is given %d times; send it once".formatted(count));
        if (count > 1 && !errors.contains(error)) {
            errors.add(error);
        }
    }

    /** Several preferences may come in one header or in several, but each may have only one value. */
    private static void requireNoConflict(List<String> headers, List<Violation> errors) {
        Map<String, String> known = new HashMap<>();
        for (String preference :
                String.join(",", headers).toLowerCase(Locale.ROOT).split(",")) {
            String[] nameAndValue = preference.split("=", 2);
            String value = nameAndValue.length < 2 ? "" : nameAndValue[1].strip();
            String before = known.putIfAbsent(nameAndValue[0].strip(), value);
            if (before != null && !before.equals(value)) {
                errors.add(new Violation(
                        PREFER,
                        "has %s=%s and %s; send one of them"
                                .formatted(nameAndValue[0].strip(), before, preference.strip())));
                return;
            }
        }
    }
}
