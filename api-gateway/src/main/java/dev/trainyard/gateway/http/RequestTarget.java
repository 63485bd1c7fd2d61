package dev.trainyard.gateway.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The target of a request, as the client wrote it. Only targets that every part of the gateway reads in the same way
 * are accepted. Otherwise one part could check one path and another part serve a different one.
 */
final class RequestTarget {
    private static final Pattern VISIBLE_ASCII = Pattern.compile("[!-~]+");
    private static final Pattern WITH_HOST = Pattern.compile("^(?i:https?)://[^/?#]*");
    /** Vert.x takes the path of an absolute target from its first slash, which could be one of the query. */
    private static final Pattern ABSOLUTE = Pattern.compile("^(?i:https?)://[^/?#@]+(/.*)?");
    /** An encoded slash, backslash, semicolon, dot or NUL, encoded once or several times. */
    private static final Pattern ENCODED = Pattern.compile("%(25)*(2f|5c|3b|2e|00)");
    /** Paths with names that may have any characters; the resource answers 404 to unknown ones. */
    private static final Pattern RESOURCE = Pattern.compile("/(api|v2)/");

    private static final Pattern DOTS = Pattern.compile("(?:^|/)\\.{1,2}(?:/|$)");

    private RequestTarget() {}

    /** The path of {@code target} as written, also if the target is absolute. */
    static String path(String target) {
        String rest = WITH_HOST.matcher(target).replaceFirst("");
        int end = rest.indexOf('?');
        return end < 0 ? rest : rest.substring(0, end);
    }

    /** Message with what the client has to change; empty if the target is valid. */
    static Optional<String> problem(String target) {
        if (!VISIBLE_ASCII.matcher(target).matches() || target.indexOf('#') >= 0 || !isUri(target)) {
            return Optional.of(
                    "The address has a character that must be percent-encoded, or a % without two hexadecimal"
                            + " digits after it; a % itself is written %25.");
        }
        if (!target.startsWith("/") && !ABSOLUTE.matcher(target).matches()) {
            return Optional.of("The address must begin with /, or with http:// or https://, a host and a /.");
        }
        String path = path(target);
        if (decoded(path).isEmpty() || decoded(target).isEmpty()) {
            return Optional.of("The percent-encoded characters of the address must be UTF-8.");
        }
        return ambiguity(path.toLowerCase(Locale.ROOT), decoded(path).get());
    }

    private static Optional<String> ambiguity(String written, String path) {
        if (path.indexOf('\\') >= 0 || ENCODED.matcher(written).find()) {
            return Optional.of("The path has a \\, or an encoded /, \\, ;, . or NUL, which no path of this API has;"
                    + " a . needs no encoding.");
        }
        if (path.indexOf(';') >= 0) {
            return Optional.of(
                    "The path has a ; but path parameters are not supported; use query parameters after a ?.");
        }
        if (!RESOURCE.matcher(path).lookingAt() && path.chars().anyMatch(Character::isISOControl)) {
            return Optional.of("The path has a control character, which no page or file has.");
        }
        if (DOTS.matcher(path).find()) {
            return Optional.of("The path has a segment . or ..; send the resolved path.");
        }
        return Optional.empty();
    }

    private static boolean isUri(String target) {
        try {
            new URI(target);
            return true;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** Empty if the bytes are not UTF-8. */
    private static Optional<String> decoded(String text) {
        ByteBuffer bytes = ByteBuffer.allocate(text.length());
        for (int at = 0; at < text.length(); at++) {
            if (text.charAt(at) == '%') {
                bytes.put((byte) Integer.parseInt(text.substring(at + 1, at + 3), 16));
                at += 2;
            } else {
                bytes.put((byte) text.charAt(at));
            }
        }
        try {
            return Optional.of(
                    StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
