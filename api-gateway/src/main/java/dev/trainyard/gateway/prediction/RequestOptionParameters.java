package dev.trainyard.gateway.prediction;

import dev.trainyard.gateway.models.ModelSelector;
import dev.trainyard.gateway.problem.ProblemException;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jboss.resteasy.reactive.RestQuery;

/** {@link RequestOptions} as query parameters say it. */
public class RequestOptionParameters {
    @RestQuery(Explanation.PARAMETER)
    @Parameter(
            description = "true adds the picture that the model saw and which pixels spoke for the answer",
            schema = @Schema(type = SchemaType.BOOLEAN, defaultValue = "false"))
    public String explain;

    @RestQuery(OutlierPolicy.PARAMETER)
    @Parameter(
            description = "accept answers a picture that looks like no digit as any other, and tells the outlier too",
            schema =
                    @Schema(
                            enumeration = {"refuse", "accept"},
                            defaultValue = "refuse"))
    public String outliers;

    @RestQuery
    @Parameter(description = "Name of the model, by default DigitModel")
    public String model;

    @RestQuery
    @Parameter(description = "Number of the version that shall answer")
    public String version;

    @RestQuery
    @Parameter(description = "Alias of the version that shall answer; by default the model's route decides")
    public String alias;

    /** @throws ProblemException if there is what cannot be meant */
    public RequestOptions read() {
        return new RequestOptions(ModelSelector.read(model, version, alias), Explanation.want(explain), OutlierPolicy.parse(outliers));
    }
}
