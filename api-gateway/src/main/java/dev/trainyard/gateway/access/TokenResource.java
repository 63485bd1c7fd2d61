package dev.trainyard.gateway.access;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.gateway.http.StrictJson;
import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.permission.Permissions;
import dev.trainyard.gateway.permission.Role;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.projects.ProjectDirectory;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.GatewaySettings.Auth.Mode;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Violation;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jboss.resteasy.reactive.RestPath;

/** Administrators create, list, rotate and revoke access tokens. */
@Path("/api/v1/tokens")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "access", description = "Access tokens")
public class TokenResource {
    private final AccessTokens tokens;
    private final SecurityIdentity sender;
    private final CurrentProject current;
    private final ProjectDirectory projects;
    private final Mode mode;

    TokenResource(
            AccessTokens tokens,
            SecurityIdentity sender,
            CurrentProject current,
            ProjectDirectory projects,
            GatewaySettings settings) {
        this.tokens = tokens;
        this.sender = sender;
        this.current = current;
        this.projects = projects;
        this.mode = settings.auth().mode();
    }

    /** Tokens, newest first, without their secrets. */
    public record Listing(List<TokenView> tokens) {}

    @POST
    @PermissionsAllowed(Permissions.ADMINISTER)
    @Consumes(MediaType.APPLICATION_JSON)
    @ResponseStatus(201)
    @Operation(
            summary = "Create an access token; its secret is in this answer only",
            description = "Roles: viewer reads, predictor predicts, submitter also trains, operator also changes "
                    + "models and handles failures, administrator also imports models and manages tokens.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            schema = @Schema(implementation = NewTokenRequest.class),
                            examples =
                                    @ExampleObject(
                                            name = "submitter",
                                            value =
                                                    "{\"name\":\"nightly training\",\"role\":\"submitter\",\"expires_in\":\"P90D\"}")))
    @APIResponse(
            responseCode = "201",
            description = "Created",
            content = @Content(schema = @Schema(implementation = TokenView.Created.class)))
    @APIResponse(responseCode = "409", description = "trainyard.auth.mode is none, or there are too many tokens")
    @APIResponse(responseCode = "422", description = "Invalid body")
    public TokenView.Created create(byte[] body) {
        requireTokens();
        JsonNode json = StrictJson.parse(body);
        List<Violation> errors = new ArrayList<>();
        AccessTokens.TokenRequest request =
                inProject(NewTokenRequest.read(JsonFieldReader.of(json, "", errors)), errors);
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
        manager().requireAllOf(AccessTokens.permissions(request));
        return tokens.create(request, manager().name())
                .map(TokenView.Created::of)
                .orElseThrow(() -> new ProblemException(
                        ProblemType.CONFLICT,
                        "A platform can have %,d tokens and a project %,d; revoked and expired tokens are deleted after 30 days."
                                .formatted(AccessTokens.MOST, AccessTokens.MOST_OF_PROJECT)));
    }

    private TokenManager manager() {
        return TokenManager.of(sender, current);
    }

    private AccessTokens.TokenRequest inProject(AccessTokens.TokenRequest request, List<Violation> errors) {
        String project = request.project();
        if (project == null) {
            return current.isPlatform() && request.role() == Role.ADMINISTRATOR
                    ? request
                    : request.withProject(current.name());
        }
        boolean allowed = current.isPlatform() ? projects.exists(project) : project.equals(current.name());
        if (!allowed) {
            errors.add(new Violation("/project", "there is no project %s for you".formatted(project)));
        }
        return request;
    }

    @GET
    @PermissionsAllowed(Permissions.ADMINISTER)
    @Operation(
            summary = "Access tokens, newest first, without their secrets; those of one project for its administrators")
    public Listing list() {
        requireTokens();
        return new Listing(tokens.list(manager()).stream().map(TokenView::of).toList());
    }

    @POST
    @Path("{id}/rotate")
    @PermissionsAllowed(Permissions.ADMINISTER)
    @Operation(summary = "Replace the secret of a token; the previous one is refused from then on")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = TokenView.Created.class)))
    @APIResponse(responseCode = "404", description = "No such token, or it is expired or revoked")
    public TokenView.Created rotate(@RestPath String id) {
        requireTokens();
        return tokens.rotate(id, manager()).map(TokenView.Created::of).orElseThrow(() -> notFound(id));
    }

    @DELETE
    @Path("{id}")
    @PermissionsAllowed(Permissions.ADMINISTER)
    @ResponseStatus(204)
    @Operation(summary = "Revoke an access token on all gateways (idempotent)")
    @APIResponse(responseCode = "204", description = "It is revoked; every gateway refuses it within 2 s")
    @APIResponse(responseCode = "404", description = "No such token")
    @APIResponse(responseCode = "409", description = "It is the last token of an administrator")
    public void revoke(@RestPath String id) {
        requireTokens();
        switch (tokens.revoke(id, manager())) {
            case REVOKED -> {}
            case UNKNOWN -> throw notFound(id);
            case LAST_ADMINISTRATOR ->
                throw new ProblemException(
                        ProblemType.CONFLICT,
                        "%s is the last valid token of an administrator. Create another one first.".formatted(id));
        }
    }

    private void requireTokens() {
        if (mode == Mode.NONE) {
            throw new ProblemException(
                    ProblemType.CONFLICT,
                    "This gateway does not use access tokens: every client may do everything. Start it with trainyard.auth.mode=tokens.");
        }
    }

    private static ProblemException notFound(String id) {
        return new ProblemException(
                ProblemType.NOT_FOUND, "There is no access token %s; GET /api/v1/tokens lists all.".formatted(id));
    }
}
