package dev.trainyard.gateway.predictions;

import dev.trainyard.gateway.models.ModelSelector;
import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.problem.ProblemException;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** Query parameters for {@link RequestOptions}. */
public class RequestOptionParameters {
    @RestQuery(Explanation.PARAMETER)
    @Parameter(
            description = "true adds the image that the model saw and the pixels that support the prediction",
            schema = @Schema(type = SchemaType.BOOLEAN, defaultValue = "false"))
    public @Nullable String explain;

    @RestQuery(OutlierPolicy.PARAMETER)
    @Parameter(
            description =
                    "accept predicts a digit also for an image that does not look like one, and still marks it as an outlier",
            schema =
                    @Schema(
                            enumeration = {"refuse", "accept"},
                            defaultValue = "refuse"))
    public @Nullable String outliers;

    @RestQuery
    @Parameter(description = "Name of the model, by default DigitModel")
    public @Nullable String model;

    @RestQuery
    @Parameter(description = "Number of the version to use")
    public @Nullable String version;

    @RestQuery
    @Parameter(description = "Alias of the version to use; by default the model's route decides")
    public @Nullable String alias;

    /** @throws ProblemException if a parameter is not valid */
    public RequestOptions read(CurrentProject project) {
        return new RequestOptions(
                ModelSelector.read(project.name(), model, version, alias),
                Explanation.parse(explain),
                OutlierPolicy.parse(outliers));
    }
}
