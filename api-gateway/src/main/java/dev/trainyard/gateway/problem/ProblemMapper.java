package dev.trainyard.gateway.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.trainyard.gateway.TransientErrors;
import dev.trainyard.gateway.page.Documents;
import dev.trainyard.gateway.page.HtmlDocument;
import dev.trainyard.validation.Violation;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place where failures become answers. */
public class ProblemMapper {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemMapper.class);
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final Offered offered;
    private final Documents documents;

    ProblemMapper(Offered offered, Documents documents) {
        this.offered = offered;
        this.documents = documents;
    }

    @ServerExceptionMapper
    public Response map(ProblemException e, ContainerRequestContext request, UriInfo uri) {
        return answer(e.type(), e.getMessage(), e.errors(), e.retryAfter(), request, uri);
    }

    /** Raised by the framework: unknown paths, methods and media types. */
    @ServerExceptionMapper
    public Response map(WebApplicationException e, ContainerRequestContext request, UriInfo uri) {
        int status = e.getResponse().getStatus();
        if (status < 400) {
            return e.getResponse();
        }
        Set<String> methods = status == 404 || status == 405 ? offered.methods(uri.getPath()) : Set.of();
        if (!methods.isEmpty() && !methods.contains(request.getMethod())) {
            status = 405;
        }
        if (status == 404 && methods.isEmpty() && isOpenedByAPerson(request)) {
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
        if (isDeparture(e, connection.serverResponse())) {
            LOG.debug("request {}: its client went away: {}", RequestId.of(request), e.toString());
            return Response.noContent().build(); // nobody reads it
        }
        if (TransientErrors.isTransient(e) && e instanceof JdbiException) {
            LOG.warn("request {}: the database is away: {}", RequestId.of(request), e.toString());
            return answer(ProblemType.UNAVAILABLE, away(e, request), List.of(), RETRY, request, uri);
        }
        if (e instanceof KafkaException) {
            LOG.warn("request {}: the broker is away: {}", RequestId.of(request), e.toString());
            String detail = "Kafka does not answer, so this cannot be told. Try again.";
            return answer(ProblemType.UNAVAILABLE, detail, List.of(), RETRY, request, uri);
        }
        LOG.error("request {} failed: {} {}", RequestId.of(request), request.getMethod(), uri.getPath(), e);
        return answer(ProblemType.INTERNAL_ERROR, ProblemType.INTERNAL_ERROR.advice(), List.of(), null, request, uri);
    }

    /** With the head on its way it is the connection that failed; that it is closed is known a moment later. */
    private static boolean isDeparture(Throwable e, ServerHttpResponse response) {
        return e instanceof IOException
                && !(e instanceof JsonProcessingException)
                && (response.closed() || response.headWritten());
    }

    /** Only a commit without an answer leaves open whether it was done; each request has one transaction. */
    private static String away(Throwable e, ContainerRequestContext request) {
        if (request.getMethod().equals("GET")) {
            return "The database does not answer, so this cannot be told. Try again.";
        }
        String fate = e instanceof TransactionException
                ? "The database fell silent at the end, so this may have been kept or not. Repeat it: "
                : "The database does not answer, so nothing was kept. Try again: ";
        return fate + "a submit with an Idempotency-Key header may be repeated safely, it stays one job.";
    }

    private static boolean isOpenedByAPerson(ContainerRequestContext request) {
        return (request.getMethod().equals("GET") || request.getMethod().equals("HEAD"))
                && HtmlDocument.isWanted(request.getHeaderString(HttpHeaders.ACCEPT));
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
            case 404 -> "No resource at %s; /q/swagger-ui shows all there are.".formatted(uri.getPath());
            case 405 -> "%s is not offered at %s.".formatted(request.getMethod(), uri.getPath());
            case 406 -> "No form of the answer fits Accept: %s.".formatted(request.getHeaderString("Accept"));
            case 415 -> unsupported(request.getHeaderString("Content-Type"));
            default -> ProblemType.ofStatus(status).advice();
        };
    }

    private static String unsupported(String contentType) {
        return contentType != null && contentType.toLowerCase(Locale.ROOT).startsWith("image/")
                ? "Pictures are read as image/png, not as %s. Convert the picture to PNG, as with \"magick input digit.png\"."
                        .formatted(contentType)
                : "Content-Type %s is not read here; /q/swagger-ui says which is.".formatted(contentType);
    }

    private static Response answer(
            ProblemType type,
            String detail,
            List<Violation> errors,
            Duration retryAfter,
            ContainerRequestContext request,
            UriInfo uri) {
        if (InferenceError.isMeant(uri)) {
            return InferenceError.answer(type, detail, errors, retryAfter);
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

    /** Rounded up: who comes back a moment too early is turned away again. */
    private static long wholeSeconds(Duration pause) {
        return Math.max(1, (pause.toMillis() + 999) / 1000);
    }
}
