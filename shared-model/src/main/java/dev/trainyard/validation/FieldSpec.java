package dev.trainyard.validation;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A field of a JSON object with its limits. The same description serves to read the field, and to show it in forms and
 * in the OpenAPI document.
 *
 * @param title short label for a form
 * @param help its effect and its unit
 * @param range limits of a number, for lists of each item
 * @param mostItems largest number of items in a list; otherwise 0
 * @param fallback default value; null if the field is required or its default depends on other fields
 * @param words allowed values of a word; otherwise empty
 * @param reader reads the value from an object
 */
public record FieldSpec<T>(
        String name,
        Kind kind,
        String title,
        String help,
        Range range,
        int mostItems,
        @Nullable T fallback,
        List<String> words,
        ValueReader<T> reader) {

    /** The JSON type of a value. */
    public enum Kind {
        INTEGER,
        /** An integer of 64 bits. */
        LONG,
        DECIMAL,
        WORD,
        /** A list of integers. */
        INTEGERS
    }

    /** Reads a field, and reports a violation if it is invalid. */
    @FunctionalInterface
    public interface ValueReader<T> {
        @Nullable
        T read(JsonFieldReader fields, FieldSpec<T> field, @Nullable T fallback);
    }

    public static FieldSpec<Integer> integer(
            String name, String title, String help, Range range, @Nullable Integer fallback) {
        return new FieldSpec<>(
                name, Kind.INTEGER, title, help, range, 0, fallback, List.of(), JsonFieldReader::integer);
    }

    /** A 64-bit integer without limits. */
    public static FieldSpec<Long> bigInteger(String name, String title, String help, long fallback) {
        return new FieldSpec<>(
                name, Kind.LONG, title, help, Range.ANY, 0, fallback, List.of(), JsonFieldReader::bigInteger);
    }

    /** A 64-bit integer within {@code range}. */
    public static FieldSpec<Long> bigInteger(
            String name, String title, String help, Range range, @Nullable Long fallback) {
        return new FieldSpec<>(
                name, Kind.LONG, title, help, range, 0, fallback, List.of(), JsonFieldReader::bigInteger);
    }

    public static FieldSpec<Double> decimal(
            String name, String title, String help, Range range, @Nullable Double fallback) {
        return new FieldSpec<>(
                name, Kind.DECIMAL, title, help, range, 0, fallback, List.of(), JsonFieldReader::decimal);
    }

    /** A list of 1 to {@code mostItems} integers within {@code range}. */
    public static FieldSpec<List<Integer>> integers(
            String name, String title, String help, int mostItems, Range range) {
        return new FieldSpec<>(
                name,
                Kind.INTEGERS,
                title,
                help,
                range,
                mostItems,
                null,
                List.of(),
                (fields, field, none) -> fields.integers(field));
    }

    /** A constant of {@code type} by its wire name. */
    public static <E extends Enum<E>> FieldSpec<E> word(
            String name, String title, String help, Class<E> type, E fallback) {
        return new FieldSpec<>(
                name,
                Kind.WORD,
                title,
                help,
                Range.ANY,
                0,
                fallback,
                List.copyOf(WireNames.of(type).keySet()),
                (fields, field, value) -> fields.oneOf(field.name(), type, Objects.requireNonNull(value)));
    }

    /** Returns the value, or the default if the field is absent or invalid. */
    public T read(JsonFieldReader fields) {
        return Objects.requireNonNull(reader.read(fields, this, fallback));
    }

    /** Reads a field without a default; null if it is absent or invalid. */
    public @Nullable T readRequired(JsonFieldReader fields) {
        return reader.read(fields, this, fallback);
    }

    /** Reads the field with a default that depends on other fields. */
    public T read(JsonFieldReader fields, T otherwise) {
        return Objects.requireNonNull(reader.read(fields, this, otherwise));
    }

    /** Returns the default as it is written in JSON. */
    public @Nullable Object jsonDefault() {
        return fallback instanceof Enum<?> constant ? WireNames.of(constant) : fallback;
    }
}
