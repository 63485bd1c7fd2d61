package dev.trainyard.gateway.description;

import dev.trainyard.validation.FieldSpec;
import dev.trainyard.validation.Range;
import java.math.BigDecimal;
import java.util.ArrayList;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.jspecify.annotations.Nullable;

/** Schemas of the fields that {@link FieldSpec} describes, with the limits that apply when they are read. */
final class FieldSchemas {
    private FieldSchemas() {}

    static Schema of(FieldSpec<?> field) {
        Schema schema = OASFactory.createSchema();
        switch (field.kind()) {
            case INTEGER -> schema.addType(SchemaType.INTEGER).format("int32");
            case LONG -> schema.addType(SchemaType.INTEGER).format("int64");
            case DECIMAL -> schema.addType(SchemaType.NUMBER).format("double");
            case WORD -> schema.addType(SchemaType.STRING).enumeration(new ArrayList<>(field.words()));
            case INTEGERS -> {
                Schema item =
                        OASFactory.createSchema().addType(SchemaType.INTEGER).format("int32");
                schema.addType(SchemaType.ARRAY).items(item).minItems(1).maxItems(field.mostItems());
            }
        }
        describe(schema, field);
        return schema;
    }

    /** Adds labels, limits and default of {@code field} to a schema that has a type. */
    static void describe(Schema schema, FieldSpec<?> field) {
        schema.title(field.title()).description(field.help());
        limit(field.kind() == FieldSpec.Kind.INTEGERS ? schema.getItems() : schema, field.range());
        if (field.fallback() != null) {
            schema.defaultValue(field.jsonDefault());
        }
    }

    private static void limit(Schema schema, Range range) {
        BigDecimal least = decimal(range.least());
        BigDecimal most = decimal(range.most());
        if (range.leastExcluded()) {
            schema.exclusiveMinimum(least);
        } else if (least != null) {
            schema.minimum(least);
        }
        if (range.mostExcluded()) {
            schema.exclusiveMaximum(most);
        } else if (most != null) {
            schema.maximum(most);
        }
    }

    /** Without trailing zeros, and never with an exponent. */
    private static @Nullable BigDecimal decimal(@Nullable Number number) {
        return number == null
                ? null
                : new BigDecimal(
                        new BigDecimal(number.toString()).stripTrailingZeros().toPlainString());
    }
}
