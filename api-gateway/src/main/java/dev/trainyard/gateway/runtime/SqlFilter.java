package dev.trainyard.gateway.runtime;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Builds a SQL condition that omits null values, so that PostgreSQL can choose an index. */
public final class SqlFilter {
    private final StringJoiner condition = new StringJoiner(" and ", "(", ")").setEmptyValue("true");
    private final Map<String, Object> values = new LinkedHashMap<>();

    /**
     * Adds {@code sql} unless {@code value} is null.
     *
     * @param name of the parameter that {@code sql} uses
     */
    public SqlFilter add(String sql, String name, @Nullable Object value) {
        if (value != null) {
            condition.add(sql);
            values.put(name, value);
        }
        return this;
    }

    /** Adds a condition without a value. */
    public SqlFilter add(String sql) {
        condition.add(sql);
        return this;
    }

    /** Adds the value of a further parameter unless it is null. */
    public SqlFilter put(String name, @Nullable Object value) {
        if (value != null) {
            values.put(name, value);
        }
        return this;
    }

    /** The time as a parameter of a statement. */
    public static @Nullable OffsetDateTime time(@Nullable Instant time) {
        return time == null ? null : time.atOffset(ZoneOffset.UTC);
    }

    public String condition() {
        return condition.toString();
    }

    /** Values of the parameters in {@link #condition()}. */
    public Map<String, Object> values() {
        return values;
    }
}
