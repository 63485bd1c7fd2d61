package dev.trainyard.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks the headers that describe a request body, before they are used. */
final class ContentHeaders {
    static final String GZIP = "gzip";

    private static final String TOKEN = "[!#$%&'+.^_`|~0-9A-Za-z-]+";
    private static final String QUOTED = "\"(?:[^\"\\\\\\p{Cntrl}]++|\\\\[^\\p{Cntrl}])*+\"";
    private static final Pattern PARAMETER =
            Pattern.compile("[ \\t]*;[ \\t]*(?:(" + TOKEN + ")=(" + TOKEN + "|" + QUOTED + "))?");
    private static final Pattern TYPE = Pattern.compile(TOKEN + "/" + TOKEN);
    private static final int MAX_LENGTH = 1_024;
    private static final int MAX_SHOWN_LENGTH = 100;

    private ContentHeaders() {}

    /**
     * The error in {@code Content-Type}; null if it is absent or valid. JSON must be UTF-8. Other types are bytes;
     * clients often send a meaningless charset with them, which is accepted unless it does not exist.
     */
    static @Nullable String typeError(HttpServerRequest request) {
        List<String> types = request.headers().getAll(HttpHeaders.CONTENT_TYPE);
        if (types.isEmpty()) {
            return null;
        }
        if (types.size() > 1) {
            return "The request has %d Content-Type headers; send one.".formatted(types.size());
        }
        return typeError(types.get(0).strip());
    }

    static @Nullable String typeError(String header) {
        if (header.length() > MAX_LENGTH) {
            return "Content-Type is longer than %d characters.".formatted(MAX_LENGTH);
        }
        Matcher type = TYPE.matcher(header);
        if (!type.lookingAt()) {
            return "Content-Type \"%s\" is not of the form type/subtype.".formatted(shortened(header));
        }
        boolean json = header.substring(0, type.end()).toLowerCase(Locale.ROOT).endsWith("json");
        Matcher parameter = PARAMETER.matcher(header).region(type.end(), header.length());
        while (parameter.lookingAt()) {
            String name = parameter.group(1);
            if ("charset".equalsIgnoreCase(name) && !isSupportedCharset(parameter.group(2), json)) {
                return "The charset of Content-Type \"%s\" is not supported; send UTF-8.".formatted(shortened(header));
            }
            parameter.region(parameter.end(), header.length());
        }
        return parameter.regionStart() == header.length()
                ? null
                : "Content-Type \"%s\" is not a single media type with valid parameters.".formatted(shortened(header));
    }

    /** Returns true if the body has a compression that this gateway supports. */
    static boolean isGzip(HttpServerRequest request) {
        String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        return encoding != null && (encoding.equalsIgnoreCase(GZIP) || encoding.equalsIgnoreCase("x-gzip"));
    }

    /** The error in {@code Content-Encoding}; null if the body is gzip or not compressed. */
    static @Nullable String encodingError(HttpServerRequest request) {
        List<String> encodings = request.headers().getAll(HttpHeaders.CONTENT_ENCODING);
        if (encodings.isEmpty()
                || encodings.size() == 1
                        && (isGzip(request)
                                || encodings.get(0).isBlank()
                                || encodings.get(0).equalsIgnoreCase("identity"))) {
            return null;
        }
        return "Content-Encoding %s is not supported; send gzip or no Content-Encoding."
                .formatted(shortened(String.join(", ", encodings)));
    }

    private static boolean isSupportedCharset(String value, boolean json) {
        String name = value.replace("\"", "");
        try {
            return json ? Charset.forName(name).equals(UTF_8) : Charset.isSupported(name);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            return false;
        }
    }

    static String shortened(String text) {
        return text.length() <= MAX_SHOWN_LENGTH ? text : text.substring(0, MAX_SHOWN_LENGTH) + "…";
    }
}
