package dev.trainyard.gateway.description;

import dev.trainyard.job.TrainingConfig;
import dev.trainyard.network.Network;
import dev.trainyard.network.NetworkArgument;
import dev.trainyard.network.Networks;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;

/**
 * Describes the arguments of all networks in the OpenAPI document. {@code NetworkArgs} has the arguments of all
 * networks as one type, for generated clients. Its extension {@code x-networks} lists those of each network, for forms.
 */
final class NetworkSchemas {
    static final String EXTENSION = "x-networks";

    private NetworkSchemas() {}

    static void describe(OpenAPI api) {
        Map<String, Schema> schemas = api.getComponents().getSchemas();
        Schema request = schemas.get("TrainRequest");
        if (request == null) {
            return;
        }
        request.getProperties().get("network").setEnumeration(new ArrayList<>(Networks.names()));
        api.getComponents().addSchema("NetworkArgs", arguments());
        api.getPaths().getPathItem("/api/v1/train").getGET().getParameters().stream()
                .filter(parameter -> parameter.getName().equals("network"))
                .forEach(parameter -> parameter.getSchema().setEnumeration(listed()));
    }

    private static List<Object> listed() {
        List<Object> names = new ArrayList<>(Networks.names());
        names.add(TrainingConfig.IMPORTED);
        return names;
    }

    private static Schema arguments() {
        Schema all = OASFactory.createSchema()
                .addType(SchemaType.OBJECT)
                .additionalPropertiesBoolean(false)
                .description("Arguments of all networks; " + EXTENSION + " says which network takes which");
        Map<String, Object> networks = new LinkedHashMap<>();
        for (Network network : Networks.all()) {
            List<String> names = new ArrayList<>();
            for (NetworkArgument argument : network.arguments()) {
                names.add(argument.name());
                all.addProperty(argument.name(), schema(argument));
            }
            networks.put(network.name(), Map.of("title", network.title(), "arguments", names));
        }
        return all.addExtension(EXTENSION, networks);
    }

    private static Schema schema(NetworkArgument argument) {
        Schema schema = OASFactory.createSchema().title(argument.title()).description(argument.help());
        switch (argument.kind()) {
            case INTEGER -> limits(schema.addType(SchemaType.INTEGER).format("int32"), argument);
            case DECIMAL -> limits(schema.addType(SchemaType.NUMBER).format("double"), argument);
            case WORD -> schema.addType(SchemaType.STRING).enumeration(new ArrayList<>(argument.words()));
            case INTEGERS -> {
                Schema item =
                        OASFactory.createSchema().addType(SchemaType.INTEGER).format("int32");
                limits(item, argument);
                schema.addType(SchemaType.ARRAY).items(item).minItems(1).maxItems(argument.mostItems());
            }
        }
        return argument.fallback() == null ? schema : schema.defaultValue(argument.fallback());
    }

    private static void limits(Schema schema, NetworkArgument argument) {
        schema.minimum(decimal(argument.least()));
        if (argument.mostExcluded()) {
            schema.exclusiveMaximum(decimal(argument.most()));
        } else {
            schema.maximum(decimal(argument.most()));
        }
    }

    private static BigDecimal decimal(Number number) {
        return new BigDecimal(number.toString()).stripTrailingZeros();
    }
}
