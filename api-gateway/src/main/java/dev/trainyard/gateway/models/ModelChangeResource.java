package dev.trainyard.gateway.models;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.training.StrictJson;
import dev.trainyard.validation.Fields;
import dev.trainyard.validation.Violation;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;

/** Moves aliases, deletes versions and sets routes. */
@Path("/api/v1/models/{name}")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "models")
public class ModelChangeResource {
    private final ModelChanges changes;
    private final ModelQueries queries;
    private final ModelRouter routes;
    private final ShadowComparisons comparisons;
    private final ModelFileCleaner files;
    private final PredictorReports reports;

    ModelChangeResource(
            ModelChanges changes,
            ModelQueries queries,
            ModelRouter routes,
            ShadowComparisons comparisons,
            ModelFileCleaner files,
            PredictorReports reports) {
        this.reports = reports;
        this.changes = changes;
        this.queries = queries;
        this.routes = routes;
        this.comparisons = comparisons;
        this.files = files;
    }

    @PUT
    @Path("aliases/{alias}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Point an alias to a version; production is what predict answers with")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            schema = @Schema(implementation = AliasUpdate.class),
                            examples = @ExampleObject(name = "version", value = "{\"version\":1}")))
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = ModelView.ModelDetails.class)))
    @APIResponse(responseCode = "404", description = "No such model or version")
    @APIResponse(responseCode = "410", description = "The version was deleted")
    @APIResponse(responseCode = "422", description = "A bad alias or body")
    public ModelView.ModelDetails setAlias(@RestPath String name, @RestPath String alias, byte[] body) {
        JsonNode json = StrictJson.parse(body);
        List<Violation> errors = new ArrayList<>();
        requireAlias("/alias", alias, errors);
        Fields fields = Fields.of(json, "", errors);
        Integer version = fields.integer("version", null).atLeast(1).get();
        fields.rejectUnread();
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
        return view(name, alias, version, changes.setAlias(name, alias, version));
    }

    /** Body of a PUT of an alias. */
    public record AliasUpdate(
            @Schema(required = true, minimum = "1") int version) {}

    @DELETE
    @Path("aliases/{alias}")
    @ResponseStatus(204)
    @Operation(
            summary = "Take an alias away",
            description = "Without production no version answers by default: predict says that no model is active")
    @APIResponse(responseCode = "204", description = "It is not there any more")
    @APIResponse(responseCode = "404", description = "No such model, or there never was such an alias")
    public void removeAlias(@RestPath String name, @RestPath String alias) {
        done(name, alias, null, changes.removeAlias(name, alias));
    }

    @POST
    @Path("versions/{version}/promote")
    @Operation(summary = "Point production, or another alias, to this version")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = ModelView.ModelDetails.class)))
    @APIResponse(responseCode = "404", description = "No such version")
    @APIResponse(responseCode = "410", description = "The version was deleted")
    public ModelView.ModelDetails promote(
            @RestPath String name,
            @RestPath String version,
            @Parameter(description = "By default production") @RestQuery @DefaultValue(Alias.PRODUCTION) String alias) {
        requireAlias(alias);
        int number = ModelResource.number(name, version);
        return view(name, alias, number, changes.promote(name, number, alias));
    }

    @POST
    @Path("rollback")
    @Operation(
            summary = "Point production, or another alias, to where it pointed before; again, and it goes further back")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = ModelView.ModelDetails.class)))
    @APIResponse(responseCode = "404", description = "No such model or alias")
    @APIResponse(responseCode = "409", description = "There is nothing before")
    public ModelView.ModelDetails rollBack(
            @RestPath String name,
            @Parameter(description = "By default production") @RestQuery @DefaultValue(Alias.PRODUCTION) String alias) {
        requireAlias(alias);
        return view(name, alias, null, changes.rollBack(name, alias));
    }

    @DELETE
    @Path("versions/{version}")
    @ResponseStatus(204)
    @Operation(summary = "Delete a version and its file; what it was made of stays known")
    @APIResponse(responseCode = "204", description = "It is deleted")
    @APIResponse(responseCode = "404", description = "No such version")
    @APIResponse(responseCode = "409", description = "An alias points to it")
    public void delete(@RestPath String name, @RestPath String version) {
        int number = ModelResource.number(name, version);
        done(name, null, number, changes.delete(name, number));
        files.sweep();
    }

    @DELETE
    @ResponseStatus(204)
    @Operation(
            summary = "Delete a model: its aliases, its route and every version with its files",
            description = "What the versions were made of stays known. A training that publishes under this name "
                    + "later brings it back with the next number.")
    @APIResponse(responseCode = "204", description = "It is deleted")
    @APIResponse(responseCode = "404", description = "No such model")
    public void deleteModel(@RestPath String name) {
        done(name, null, null, changes.deleteModel(name));
        files.sweep();
    }

    @POST
    @Path("versions/{version}/release-quarantine")
    @Operation(
            summary = "Have predictors load a version again that ended one of them",
            description = "If it does so once more it is quarantined again.")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = ModelView.ModelDetails.class)))
    @APIResponse(responseCode = "404", description = "No such version")
    @APIResponse(responseCode = "410", description = "The version was deleted")
    public ModelView.ModelDetails releaseQuarantine(@RestPath String name, @RestPath String version) {
        int number = ModelResource.number(name, version);
        return view(name, null, number, changes.releaseQuarantine(name, number, reports::released));
    }

    @GET
    @Path("route")
    @Operation(summary = "Who else is asked, and how often shadows disagreed")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = ModelView.RouteView.class)))
    @APIResponse(responseCode = "404", description = "No such model")
    public ModelView.RouteView route(@RestPath String name) {
        comparisons.flush();
        return ModelView.route(ModelResource.model(queries, name), queries.comparisons(name));
    }

    @PUT
    @Path("route")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Let the alias canary answer a share of the requests, and ask a shadow about a share of them",
            description = "Whatever is left out is 0; shadow_alias is canary by default")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            schema = @Schema(implementation = Route.class),
                            examples =
                                    @ExampleObject(
                                            name = "shares",
                                            value = "{\"canary_share\":0.1,\"shadow_share\":0.05}")))
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = ModelView.RouteView.class)))
    @APIResponse(responseCode = "404", description = "No such model")
    @APIResponse(responseCode = "422", description = "A bad body")
    public ModelView.RouteView setRoute(@RestPath String name, byte[] body) {
        done(name, null, null, changes.setRoute(name, Route.read(StrictJson.parse(body))));
        return route(name);
    }

    private static void requireAlias(String alias) {
        List<Violation> errors = new ArrayList<>();
        requireAlias("?alias", alias, errors);
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
    }

    private static void requireAlias(String pointer, String alias, List<Violation> errors) {
        if (!Alias.isValid(alias)) {
            errors.add(new Violation(pointer, "must be an alias, %s, not \"%s\"".formatted(Alias.FORM, alias)));
        }
    }

    private void done(String name, String alias, Integer version, ModelChanges.ChangeResult outcome) {
        if (!(outcome instanceof ModelChanges.Done)) {
            throw problem(name, alias, version, outcome);
        }
        routes.refresh();
    }

    private ModelView.ModelDetails view(String name, String alias, Integer version, ModelChanges.ChangeResult outcome) {
        done(name, alias, version, outcome);
        return ModelView.whole(ModelResource.model(queries, name), reports);
    }

    private static ProblemException problem(String name, String alias, Integer version, ModelChanges.ChangeResult outcome) {
        if (outcome instanceof ModelChanges.UnknownModel) {
            return ModelResource.noModel(name);
        }
        if (outcome instanceof ModelChanges.UnknownVersion) {
            return ModelResource.noVersion(name, String.valueOf(version));
        }
        if (outcome instanceof ModelChanges.DeletedVersion) {
            return ModelResource.deleted(name, version);
        }
        if (outcome instanceof ModelChanges.UnknownAlias) {
            return new ProblemException(
                    ProblemType.NOT_FOUND,
                    "Model %s has no alias %s; GET /api/v1/models/%s lists them.".formatted(name, alias, name));
        }
        if (outcome instanceof ModelChanges.VersionInUse use) {
            return new ProblemException(
                    ProblemType.CONFLICT,
                    ("Version %d of model %s is what %s points to; move that alias or delete it first "
                                    + "(DELETE /api/v1/models/%s/aliases/%s), or delete the whole model.")
                            .formatted(
                                    version,
                                    name,
                                    String.join(" and ", use.aliases()),
                                    name,
                                    use.aliases().get(0)));
        }
        if (outcome instanceof ModelChanges.NoEarlierVersion nothing) {
            return new ProblemException(
                    ProblemType.CONFLICT,
                    "There is nothing to roll back to: no version from before %s pointed to %d is left."
                            .formatted(alias, nothing.version()));
        }
        return ModelResource.deletedModel(name);
    }
}
