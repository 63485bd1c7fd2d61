package dev.trainyard.gateway.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.trainyard.gateway.http.ProtectedPaths;
import dev.trainyard.gateway.http.SignInRateLimiter;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.GatewaySettings.Auth.Mode;
import io.smallrye.common.annotation.Blocking;
import io.vertx.core.http.HttpServerRequest;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The web page signs in and out here. */
@Path(ProtectedPaths.SESSION)
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "access")
public class SessionResource {
    private final PageSessions sessions;
    private final ProviderSignIn provider;
    private final SessionCookie cookie;
    private final SignInCookie signInCookie;
    private final SignInRateLimiter rate;
    private final GatewaySettings.Auth settings;

    SessionResource(
            PageSessions sessions,
            ProviderSignIn provider,
            SessionCookie cookie,
            SignInCookie signInCookie,
            SignInRateLimiter rate,
            GatewaySettings settings) {
        this.sessions = sessions;
        this.provider = provider;
        this.cookie = cookie;
        this.signInCookie = signInCookie;
        this.rate = rate;
        this.settings = settings.auth();
    }

    /** Body of a sign-in, for the OpenAPI document. */
    @Schema(description = "Either token, or code and state")
    record SignIn(
            @Schema(description = "Access token") @Nullable String token,

            @Schema(description = "Parameter code with which the OpenID provider returned") @Nullable
            String code,

            @Schema(description = "Parameter state with which the OpenID provider returned") @Nullable
            String state) {}

    /** A new session; its identifier is in the cookie only. */
    public record SignedIn(
            @Schema(description = "Send it as X-CSRF-Token with each change; it is returned only once")
            String csrfToken,

            Instant expiresAt,
            String name,
            String role,
            Set<String> permissions) {}

    /** Where the browser goes to sign in at the provider. */
    public record Authorization(URI authorizationUrl) {}

    /** @param signOutUrl null if there is nothing to do at the provider */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SignedOut(@Nullable URI signOutUrl) {}

    @POST
    @PermitAll
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Sign in with an access token, or complete a sign-in at the OpenID provider; for browsers",
            description =
                    "The answer sets a cookie that only this server can read. Requests with the cookie that change "
                            + "something need the header X-CSRF-Token. Programs send Authorization: Bearer TOKEN instead.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = SignIn.class)))
    @APIResponse(
            responseCode = "201",
            description = "Signed in",
            content = @Content(schema = @Schema(implementation = SignedIn.class)))
    @APIResponse(
            responseCode = "401",
            description =
                    "The token is unknown, expired or revoked; or the sign-in was begun in another browser or more than 10 minutes ago, or the provider refuses it")
    @APIResponse(responseCode = "403", description = "The user has no role")
    @APIResponse(responseCode = "409", description = "trainyard.auth.mode is none, or there is no OpenID provider")
    @APIResponse(responseCode = "422", description = "Invalid body")
    @APIResponse(responseCode = "503", description = "The OpenID provider does not respond")
    public Response signIn(byte[] body, @Context HttpServerRequest request) {
        requireSignIn();
        rate.admit(request);
        SignInRequest wanted = SignInRequest.read(body);
        String previous = cookie.read(request);
        PageSessions.NewSession created = wanted instanceof SignInRequest.WithCode answer
                ? sessions.signIn(provider.complete(answer, request), previous)
                : sessions.signIn(((SignInRequest.WithToken) wanted).token(), previous);
        PageSession session = created.session();
        Response.ResponseBuilder answer = Response.status(Response.Status.CREATED)
                .header(
                        HttpHeaders.SET_COOKIE,
                        cookie.set(request, created.id(), Duration.between(session.lastUsedAt(), session.expiresAt())))
                .entity(new SignedIn(
                        created.csrf().text(),
                        session.expiresAt(),
                        created.name(),
                        created.role(),
                        created.permissions()));
        if (wanted instanceof SignInRequest.WithCode) {
            answer.header(HttpHeaders.SET_COOKIE, signInCookie.remove(request));
        }
        return answer.build();
    }

    @POST
    @Path(ProtectedPaths.PROVIDER_SEGMENT)
    @PermitAll
    @Operation(
            summary = "Begin a sign-in at the OpenID provider, for browsers",
            description =
                    "Go to authorization_url. The provider returns to the page /sign-in with code and state, which the page sends to POST /api/v1/session within 10 minutes, with the cookie of this answer.")
    @APIResponse(
            responseCode = "200",
            description = "The address of the provider; the answer sets a cookie",
            content = @Content(schema = @Schema(implementation = Authorization.class)))
    @APIResponse(responseCode = "409", description = "There is no OpenID provider")
    @APIResponse(responseCode = "503", description = "The OpenID provider does not respond")
    public Response signInAtProvider(@Context HttpServerRequest request) {
        requireSignIn();
        rate.admit(request);
        SignInSecret secret = new SignInSecret(SessionSecret.create());
        URI address = provider.begin(secret, request);
        return Response.ok(new Authorization(address))
                .header(HttpHeaders.SET_COOKIE, signInCookie.set(request, secret))
                .build();
    }

    @DELETE
    @PermitAll
    @Operation(summary = "Sign out: end the session of the cookie on all gateways (idempotent)")
    @APIResponse(
            responseCode = "200",
            description = "It has ended; go to sign_out_url to sign out at the OpenID provider too",
            content = @Content(schema = @Schema(implementation = SignedOut.class)))
    @APIResponse(responseCode = "204", description = "It has ended; every gateway refuses it within 2 s")
    @APIResponse(responseCode = "403", description = "The header X-CSRF-Token is missing or wrong")
    public Response signOut(@Context HttpServerRequest request) {
        Optional<URI> more =
                sessions.signOut(cookie.read(request)).flatMap(tokens -> provider.signOut(tokens, request));
        return more.map(url -> Response.ok(new SignedOut(url)))
                .orElseGet(Response::noContent)
                .header(HttpHeaders.SET_COOKIE, cookie.remove(request))
                .build();
    }

    private void requireSignIn() {
        if (settings.mode() == Mode.NONE) {
            throw new ProblemException(
                    ProblemType.CONFLICT,
                    "This gateway needs no sign-in: every client may do everything (trainyard.auth.mode=none).");
        }
    }
}
