package dev.trainyard.gateway.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.trainyard.gateway.page.HtmlDocument;
import dev.trainyard.gateway.page.HtmlDocuments;
import dev.trainyard.gateway.runtime.TransientErrors;
import dev.trainyard.validation.Violation;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jboss.resteasy.reactive.server.spi.ServerHttpResponse;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Maps exceptions to error responses. */
public class ProblemMapper {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemMapper.class);
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final ApiMethods apiMethods;
    private final HtmlDocuments documents;

    ProblemMapper(ApiMethods apiMethods, HtmlDocuments documents) {
        this.apiMethods = apiMethods;
        this.documents = documents;
    }

    @ServerExceptionMapper
    public Response map(ProblemException e, ContainerRequestContext request, UriInfo uri) {
        return answer(e.type(), e.getMessage(), e.errors(), e.retryAfter(), request, uri);
    }

    /** No valid credentials; {@code AuthenticationCheck} refuses most such requests earlier. */
    @ServerExceptionMapper
    public Response map(UnauthorizedException e, ContainerRequestContext request, UriInfo uri) {
        String detail = "This gateway needs an access token: send it as Authorization: Bearer TOKEN.";
        return answer(ProblemType.UNAUTHORIZED, detail, List.of(), null, request, uri);
    }

    @ServerExceptionMapper
    public Response map(ForbiddenException e, ContainerRequestContext request, UriInfo uri) {
        String detail = "The access token has no permission for %s %s; GET /api/v1/me shows its role and permissions."
                .formatted(request.getMethod(), uri.getPath());
        return answer(ProblemType.FORBIDDEN, detail, List.of(), null, request, uri);
    }

    /** Exceptions of the framework: unknown paths, methods and media types. */
    @ServerExceptionMapper
    public Response map(WebApplicationException e, ContainerRequestContext request, UriInfo uri) {
        int status = e.getResponse().getStatus();
        if (status < 400) {
            return e.getResponse();
        }
        Set<String> methods = status == 404 || status == 405 ? apiMethods.methods(uri.getPath()) : Set.of();
        if (!methods.isEmpty() && !methods.contains(request.getMethod())) {
            status = 405;
        }
        if (status == 404 && methods.isEmpty() && isBrowserNavigation(request)) {
            return notFoundPage();
        }
        Response answer =
                answer(ProblemType.ofStatus(status), sentence(status, request, uri), List.of(), null, request, uri);
        return status != 405 || methods.isEmpty()
                ? answer
                : Response.fromResponse(answer)
                        .header(HttpHeaders.ALLOW, String.join(", ", methods))
                        .build();
    }

    @ServerExceptionMapper
    public Response map(Throwable e, ContainerRequestContext request, UriInfo uri, ServerRequestContext connection) {
        if (isClientDisconnect(e, connection.serverResponse())) {
            LOG.debug("request {}: the client disconnected: {}", RequestId.of(request), e.toString());
            return Response.noContent().build(); // the client is gone
        }
        if (TransientErrors.isTransient(e) && e instanceof JdbiException) {
            LOG.warn("request {}: the database is unavailable: {}", RequestId.of(request), e.toString());
            return answer(ProblemType.UNAVAILABLE, databaseUnavailable(e, request), List.of(), RETRY, request, uri);
        }
        if (e instanceof KafkaException) {
            LOG.warn("request {}: the broker is unavailable: {}", RequestId.of(request), e.toString());
            String detail = "Kafka does not respond. Try again.";
            return answer(ProblemType.UNAVAILABLE, detail, List.of(), RETRY, request, uri);
        }
        LOG.error("request {} failed: {} {}", RequestId.of(request), request.getMethod(), uri.getPath(), e);
        return answer(ProblemType.INTERNAL_ERROR, ProblemType.INTERNAL_ERROR.advice(), List.of(), null, request, uri);
    }

    /** If the response headers are written, the connection has failed, even if it is not reported as closed yet. */
    private static boolean isClientDisconnect(Throwable e, ServerHttpResponse response) {
        return e instanceof IOException
                && !(e instanceof JsonProcessingException)
                && (response.closed() || response.headWritten());
    }

    /** Each request has one transaction, so that only a failed commit has an unknown result. */
    private static String databaseUnavailable(Throwable e, ContainerRequestContext request) {
        if (request.getMethod().equals("GET")) {
            return "The database does not respond. Try again.";
        }
        String fate = e instanceof TransactionException
                ? "The database did not confirm the commit, so the change may have been stored or not. Repeat the request: "
                : "The database does not respond, so nothing was stored. Try again: ";
        return fate + "a submit with an Idempotency-Key header can be repeated safely and stays one job.";
    }

    private static boolean isBrowserNavigation(ContainerRequestContext request) {
        return (request.getMethod().equals("GET") || request.getMethod().equals("HEAD"))
                && HtmlDocument.acceptsHtml(request.getHeaderString(HttpHeaders.ACCEPT));
    }

    private Response notFoundPage() {
        HtmlDocument page = documents.page();
        return Response.status(Response.Status.NOT_FOUND)
                .type(MediaType.TEXT_HTML + ";charset=UTF-8")
                .header("Content-Security-Policy", page.policy())
                .entity(page.html())
                .build();
    }

    private static String sentence(int status, ContainerRequestContext request, UriInfo uri) {
        return switch (status) {
            case 404 -> "No resource at %s; /q/swagger-ui lists all paths.".formatted(uri.getPath());
            case 405 -> "%s is not supported at %s.".formatted(request.getMethod(), uri.getPath());
            case 406 -> "The response is not available as Accept: %s.".formatted(request.getHeaderString("Accept"));
            case 415 -> unsupported(request.getHeaderString("Content-Type"));
            default -> ProblemType.ofStatus(status).advice();
        };
    }

    private static String unsupported(String contentType) {
        return contentType != null && contentType.toLowerCase(Locale.ROOT).startsWith("image/")
                ? "Images must be image/png, not %s. Convert the image to PNG, for example with \"magick input digit.png\"."
                        .formatted(contentType)
                : "Content-Type %s is not supported; /q/swagger-ui shows which are.".formatted(contentType);
    }

    private static Response answer(
            ProblemType type,
            String detail,
            List<Violation> errors,
            @Nullable Duration retryAfter,
            ContainerRequestContext request,
            UriInfo uri) {
        if (InferenceError.appliesTo(uri)) {
            return InferenceError.response(type, detail, errors, retryAfter);
        }
        Problem problem = new Problem(
                type.uri(), type.title(), type.status(), detail, uri.getPath(), errors, RequestId.of(request));
        Response.ResponseBuilder answer =
                Response.status(type.status()).type(Problem.MEDIA_TYPE).entity(problem);
        if (retryAfter != null) {
            answer.header(HttpHeaders.RETRY_AFTER, wholeSeconds(retryAfter));
        }
        if (type == ProblemType.UNAUTHORIZED) {
            answer.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        return answer.build();
    }

    /** Rounds up, so that a retry is never too early. */
    private static long wholeSeconds(Duration pause) {
        return Math.max(1, (pause.toMillis() + 999) / 1000);
    }
}
