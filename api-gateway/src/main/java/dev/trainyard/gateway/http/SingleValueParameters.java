package dev.trainyard.gateway.http;

import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.QueryParam;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jboss.resteasy.reactive.RestHeader;
import org.jboss.resteasy.reactive.RestQuery;

/** Finds the query parameters and headers of which a resource method reads one value, from its declaration. */
record SingleValueParameters(Set<String> query, Set<String> headers) {
    /** RFC 9110 allows these on several lines, which form one list. */
    private static final Set<String> LISTS = Set.of("if-none-match", "prefer", "accept", "accept-encoding");

    static SingleValueParameters of(Method method) {
        SingleValueParameters single =
                new SingleValueParameters(new TreeSet<>(), new TreeSet<>(String.CASE_INSENSITIVE_ORDER));
        for (Parameter parameter : method.getParameters()) {
            single.add(parameter, parameter.getType(), parameter.getName());
        }
        return single;
    }

    private void add(AnnotatedElement declared, Class<?> type, String name) {
        if (declared.isAnnotationPresent(BeanParam.class)) {
            addFields(type);
        } else if (!type.isArray() && !Collection.class.isAssignableFrom(type)) {
            addQuery(declared, name);
            addHeader(declared, name);
        }
    }

    private void addFields(Class<?> parameters) {
        for (Class<?> type = parameters; type != null && type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                add(field, field.getType(), field.getName());
            }
        }
    }

    private void addQuery(AnnotatedElement declared, String name) {
        QueryParam standard = declared.getAnnotation(QueryParam.class);
        RestQuery quarkus = declared.getAnnotation(RestQuery.class);
        if (standard != null) {
            query.add(standard.value());
        } else if (quarkus != null) {
            query.add(quarkus.value().isEmpty() ? name : quarkus.value());
        }
    }

    private void addHeader(AnnotatedElement declared, String name) {
        HeaderParam standard = declared.getAnnotation(HeaderParam.class);
        RestHeader quarkus = declared.getAnnotation(RestHeader.class);
        String header = null;
        if (standard != null) {
            header = standard.value();
        } else if (quarkus != null) {
            header = quarkus.value().isEmpty() ? name.replaceAll("([a-z])([A-Z])", "$1-$2") : quarkus.value();
        }
        if (header != null && !LISTS.contains(header.toLowerCase(Locale.ROOT))) {
            headers.add(header);
        }
    }
}
