package dev.trainyard.gateway.description;

import dev.trainyard.job.EngineChoice;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.job.TrainingConfigReader;
import dev.trainyard.network.Network;
import dev.trainyard.network.Networks;
import dev.trainyard.validation.FieldSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;

/**
 * Describes the arguments of trainings and of all networks in the OpenAPI document. {@code NetworkArgs} has the arguments of all
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
        request.getProperties().get("engine").setEnumeration(new ArrayList<>(EngineChoice.ALL));
        api.getComponents().addSchema("NetworkArgs", arguments());
        Map<String, Schema> trainArgs = schemas.get("TrainRequestArgs").getProperties();
        TrainArgs.fields().forEach(field -> FieldSchemas.describe(trainArgs.get(field.name()), field));
        request.getProperties().get("callback_url").setMaxLength(TrainingConfigReader.MAX_CALLBACK_URL);
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
            for (FieldSpec<?> argument : network.arguments()) {
                names.add(argument.name());
                all.addProperty(argument.name(), FieldSchemas.of(argument));
            }
            networks.put(network.name(), Map.of("title", network.title(), "arguments", names));
        }
        return all.addExtension(EXTENSION, networks);
    }
}
