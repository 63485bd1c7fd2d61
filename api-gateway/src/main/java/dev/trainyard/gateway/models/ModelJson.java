package dev.trainyard.gateway.models;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.message.WireJson;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** JSON columns of the registry's tables. */
final class ModelJson {
    private ModelJson() {}

    static String text(Object value) {
        return new String(WireJson.write(value), StandardCharsets.UTF_8);
    }

    static <T> T parse(String text, Class<T> type) {
        try {
            return WireJson.mapper().readValue(text, type);
        } catch (IOException e) {
            throw new UncheckedIOException("a stored " + type.getSimpleName() + " cannot be read", e);
        }
    }

    /** Immutable, so that Hibernate makes no copies to compare with. */
    @Immutable
    @Converter
    public static class Artifact implements AttributeConverter<ArtifactRef, String> {
        @Override
        public @Nullable String convertToDatabaseColumn(ArtifactRef value) {
            return value == null ? null : text(value);
        }

        @Override
        public @Nullable ArtifactRef convertToEntityAttribute(String column) {
            return column == null ? null : parse(column, ArtifactRef.class);
        }
    }

    /** As {@link Artifact}. */
    @Immutable
    @Converter
    public static class Metadata implements AttributeConverter<ModelMetadata, String> {
        @Override
        public @Nullable String convertToDatabaseColumn(ModelMetadata value) {
            return value == null ? null : text(value);
        }

        @Override
        public @Nullable ModelMetadata convertToEntityAttribute(String column) {
            return column == null ? null : parse(column, ModelMetadata.class);
        }
    }
}
