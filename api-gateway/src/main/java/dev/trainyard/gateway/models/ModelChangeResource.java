package dev.trainyard.gateway.models;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.gateway.http.StrictJson;
import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.Permissions;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.validation.FieldSpec;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Range;
import dev.trainyard.validation.Violation;
import io.quarkus.security.PermissionsAllowed;
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
import java.util.Objects;
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
import org.jspecify.annotations.Nullable;

/** Sets aliases, deletes versions and sets routes. */
@Path("/api/v1/models/{name}")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "models")
public class ModelChangeResource {
    private static final FieldSpec<Integer> VERSION =
            FieldSpec.integer("version", "Version", "Number of the version", Range.atLeast(1), null);

    private final ModelChanges changes;
    private final ModelQueries queries;
    private final ModelRouter routes;
    private final ShadowComparisons comparisons;
    private final ModelFileCleaner files;
    private final PredictorReports reports;
    private final CurrentProject project;

    ModelChangeResource(
            ModelChanges changes,
            ModelQueries queries,
            ModelRouter routes,
            ShadowComparisons comparisons,
            ModelFileCleaner files,
            PredictorReports reports,
            CurrentProject project) {
        this.project = project;
        this.reports = reports;
        this.changes = changes;
        this.queries = queries;
        this.routes = routes;
        this.comparisons = comparisons;
        this.files = files;
    }

    @PUT
    @PermissionsAllowed(Permissions.OPERATE)
    @Path("aliases/{alias}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Point an alias to a version; the alias production serves predictions")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            schema = @Schema(implementation = AliasUpdate.class),
                            examples = @ExampleObject(name = "version", value = "{\"version\":1}")))
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = ModelView.ModelDetails.class)))
    @APIResponse(responseCode = "404", description = "No such model or version")
    @APIResponse(responseCode = "410", description = "The version was deleted")
    @APIResponse(responseCode = "422", description = "Invalid alias or body")
    public ModelView.ModelDetails setAlias(@RestPath String name, @RestPath String alias, byte[] body) {
        JsonNode json = StrictJson.parse(body);
        List<Violation> errors = new ArrayList<>();
        requireAlias("/alias", alias, errors);
        JsonFieldReader fields = JsonFieldReader.of(json, "", errors);
        Integer version = VERSION.readRequired(fields);
        fields.rejectUnread();
        if (version == null || !errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
        return view(name, alias, version, changes.setAlias(stored(name), alias, version));
    }

    /** Request body for setting an alias. */
    public record AliasUpdate(
            @Schema(required = true, minimum = "1") int version) {}

    @DELETE
    @PermissionsAllowed(Permissions.OPERATE)
    @Path("aliases/{alias}")
    @ResponseStatus(204)
    @Operation(
            summary = "Delete an alias",
            description =
                    "Without the alias production there is no default version, and predict answers that no model is active")
    @APIResponse(responseCode = "204", description = "Deleted")
    @APIResponse(responseCode = "404", description = "No such model, or no such alias ever existed")
    public void removeAlias(@RestPath String name, @RestPath String alias) {
        requireDone(name, alias, null, changes.removeAlias(stored(name), alias));
    }

    @POST
    @PermissionsAllowed(Permissions.OPERATE)
    @Path("versions/{version}/promote")
    @Operation(summary = "Point production, or another alias, to this version")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = ModelView.ModelDetails.class)))
    @APIResponse(responseCode = "404", description = "No such version")
    @APIResponse(responseCode = "410", description = "The version was deleted")
    public ModelView.ModelDetails promote(
            @RestPath String name,
            @RestPath String version,
            @Parameter(description = "By default production") @RestQuery @DefaultValue(Alias.PRODUCTION) String alias) {
        requireAlias(alias);
        int number = ModelResource.number(name, version);
        return view(name, alias, number, changes.promote(stored(name), number, alias));
    }

    @POST
    @PermissionsAllowed(Permissions.OPERATE)
    @Path("rollback")
    @Operation(summary = "Point production, or another alias, to its previous version; repeat it to go further back")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = ModelView.ModelDetails.class)))
    @APIResponse(responseCode = "404", description = "No such model or alias")
    @APIResponse(responseCode = "409", description = "There is no earlier version")
    public ModelView.ModelDetails rollBack(
            @RestPath String name,
            @Parameter(description = "By default production") @RestQuery @DefaultValue(Alias.PRODUCTION) String alias) {
        requireAlias(alias);
        return view(name, alias, null, changes.rollBack(stored(name), alias));
    }

    @DELETE
    @PermissionsAllowed(Permissions.OPERATE)
    @Path("versions/{version}")
    @ResponseStatus(204)
    @Operation(summary = "Delete a version and its file; its lineage stays")
    @APIResponse(responseCode = "204", description = "Deleted")
    @APIResponse(responseCode = "404", description = "No such version")
    @APIResponse(responseCode = "409", description = "An alias points to it")
    public void delete(@RestPath String name, @RestPath String version) {
        int number = ModelResource.number(name, version);
        requireDone(name, null, number, changes.delete(stored(name), number));
        files.sweep();
    }

    @DELETE
    @PermissionsAllowed(Permissions.OPERATE)
    @ResponseStatus(204)
    @Operation(
            summary = "Delete a model: its aliases, its route and every version with its files",
            description = "The lineage of the versions stays. A training that later publishes under this name "
                    + "restores the model with the next version number.")
    @APIResponse(responseCode = "204", description = "Deleted")
    @APIResponse(responseCode = "404", description = "No such model")
    public void deleteModel(@RestPath String name) {
        requireDone(name, null, null, changes.deleteModel(stored(name)));
        files.sweep();
    }

    @POST
    @PermissionsAllowed(Permissions.OPERATE)
    @Path("versions/{version}/release-quarantine")
    @Operation(
            summary = "Release a version from quarantine, after it crashed a predictor",
            description = "If it crashes a predictor again, it is quarantined again.")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = ModelView.ModelDetails.class)))
    @APIResponse(responseCode = "404", description = "No such version")
    @APIResponse(responseCode = "410", description = "The version was deleted")
    public ModelView.ModelDetails releaseQuarantine(@RestPath String name, @RestPath String version) {
        int number = ModelResource.number(name, version);
        return view(name, null, number, changes.releaseQuarantine(stored(name), number, reports::released));
    }

    @GET
    @PermissionsAllowed(Permissions.READ)
    @Path("route")
    @Operation(summary = "Shares of canary and shadow, and how often the shadow disagreed")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = ModelView.RouteView.class)))
    @APIResponse(responseCode = "404", description = "No such model")
    public ModelView.RouteView route(@RestPath String name) {
        comparisons.flush();
        return ModelView.route(ModelResource.model(queries, project, name), queries.comparisons(stored(name)));
    }

    @PUT
    @PermissionsAllowed(Permissions.OPERATE)
    @Path("route")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Set the shares of the requests that the canary answers and that a shadow gets as well",
            description = "Absent shares are 0; shadow_alias is canary by default")
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
    @APIResponse(responseCode = "422", description = "Invalid body")
    public ModelView.RouteView setRoute(@RestPath String name, byte[] body) {
        requireDone(name, null, null, changes.setRoute(stored(name), Route.read(StrictJson.parse(body))));
        return route(name);
    }

    private String stored(String name) {
        return ModelName.stored(project.name(), name);
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

    private void requireDone(
            String name, @Nullable String alias, @Nullable Integer version, ModelChanges.ChangeResult outcome) {
        if (!(outcome instanceof ModelChanges.Done)) {
            throw problem(name, alias, version, outcome);
        }
        routes.refresh();
    }

    private ModelView.ModelDetails view(
            String name, @Nullable String alias, @Nullable Integer version, ModelChanges.ChangeResult outcome) {
        requireDone(name, alias, version, outcome);
        return ModelView.details(ModelResource.model(queries, project, name), reports);
    }

    private static ProblemException problem(
            String name, @Nullable String alias, @Nullable Integer version, ModelChanges.ChangeResult outcome) {
        if (outcome instanceof ModelChanges.UnknownModel) {
            return ModelResource.noModel(name);
        }
        if (outcome instanceof ModelChanges.UnknownVersion) {
            return ModelResource.noVersion(name, String.valueOf(version));
        }
        if (outcome instanceof ModelChanges.DeletedVersion) {
            return ModelResource.deleted(name, Objects.requireNonNull(version));
        }
        if (outcome instanceof ModelChanges.UnknownAlias) {
            return new ProblemException(
                    ProblemType.NOT_FOUND,
                    "Model %s has no alias %s; GET /api/v1/models/%s lists them.".formatted(name, alias, name));
        }
        if (outcome instanceof ModelChanges.VersionInUse inUse) {
            return new ProblemException(
                    ProblemType.CONFLICT,
                    ("Version %d of model %s is in use by the alias %s; move the alias or delete it first "
                                    + "(DELETE /api/v1/models/%s/aliases/%s), or delete the whole model.")
                            .formatted(
                                    version,
                                    name,
                                    String.join(" and ", inUse.aliases()),
                                    name,
                                    inUse.aliases().get(0)));
        }
        if (outcome instanceof ModelChanges.NoEarlierVersion none) {
            return new ProblemException(
                    ProblemType.CONFLICT,
                    "There is nothing to roll back to: no version exists to which %s pointed before version %d."
                            .formatted(alias, none.version()));
        }
        return ModelResource.deletedModel(name);
    }
}
