package dev.trainyard.gateway.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.validation.Violation;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a multipart/form-data body (RFC 7578) in their original order, with any names. The framework's
 * parser groups parts by name, writes each to a file first, and answers many malformed bodies with 500.
 */
public final class MultipartForm {
    private static final int MAX_PARTS = 1024;
    private static final int MAX_HEAD_LENGTH = 8 * 1024;
    private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(ISO_8859_1);
    private static final Pattern BOUNDARY = Pattern.compile(
            ";\\s*boundary=(?:\"([^\"]{1,70})\"|([^\\s;\"]{1,70}))(?=$|[\\s;])", Pattern.CASE_INSENSITIVE);
    private static final Pattern NAME = Pattern.compile(";\\s*name=(?:\"([^\"]*)\"|([^\\s;\"]+))");
    private static final Pattern FILE_NAME =
            Pattern.compile(";\\s*filename=(?:\"((?:[^\"\\\\]++|\\\\.)*+)\"|([^\\s;\"]+))");
    private static final Pattern CODED_FILE_NAME =
            Pattern.compile(";\\s*filename\\*=utf-8''([^\\s;]+)", Pattern.CASE_INSENSITIVE);
    private static final Pattern TYPE =
            Pattern.compile("^content-type:[ \\t]*([^\\r\\n]*)", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

    private final byte[] body;
    private final byte[] delimiter;
    private final List<Part> parts = new ArrayList<>();

    private MultipartForm(byte[] body, String boundary) {
        this.body = body;
        this.delimiter = ("\r\n--" + boundary).getBytes(ISO_8859_1);
    }

    /**
     * Position of a part in the body.
     *
     * @param name null if it has none
     * @param fileName null unless it is a file
     * @param type its Content-Type
     */
    public record Part(
            byte[] body,
            int from,
            int to,
            @Nullable String name,
            @Nullable String fileName,
            @Nullable String type) {
        public int size() {
            return to - from;
        }

        public byte[] bytes() {
            return Arrays.copyOfRange(body, from, to);
        }

        /** @throws ProblemException if it is not UTF-8, or declares another charset */
        public String text() {
            String error = type == null ? null : ContentHeaders.typeError(type);
            if (error != null) {
                throw new ProblemException(ProblemType.UNSUPPORTED_MEDIA_TYPE, "Part %s: %s".formatted(name, error));
            }
            return Utf8.decode(body, from, size());
        }
    }

    /**
     * Parses {@code body}.
     *
     * @throws ProblemException if it is not a valid form, is truncated, or has too many parts
     */
    public static List<Part> read(byte[] body, String contentType) {
        Matcher boundary = BOUNDARY.matcher(contentType);
        if (!boundary.find()) {
            throw unreadable("has no boundary in its Content-Type; most clients set it by themselves");
        }
        String text = boundary.group(1) == null ? boundary.group(2) : boundary.group(1);
        return new MultipartForm(body, text).parse();
    }

    /** The first part with the name {@code name}. */
    public static Optional<Part> named(String name, List<Part> parts) {
        return parts.stream().filter(part -> name.equals(part.name())).findFirst();
    }

    private List<Part> parse() {
        // the first delimiter may be at the very start, without a line break before it
        int at = startsWith(0, 2) ? delimiter.length - 2 : indexAfter(0);
        while (!isLast(at)) {
            int head = lineEnd(at);
            int next = indexAfter(head - 2);
            part(head, next - delimiter.length);
            at = next;
        }
        return parts;
    }

    /** Headers, a blank line, and content up to {@code end}. */
    private void part(int from, int end) {
        // a part without headers begins with the blank line
        int blank = indexOf(END_OF_HEAD, from - 2, Math.min(end + 2, from + MAX_HEAD_LENGTH));
        if (blank < 0) {
            throw unreadable("has a part whose head does not end within %d bytes".formatted(MAX_HEAD_LENGTH));
        }
        String head = new String(body, from, Math.max(0, blank - from), UTF_8);
        if (parts.size() == MAX_PARTS) {
            throw new ProblemException(
                    ProblemType.TOO_LARGE, "The form has more than %d parts; send fewer.".formatted(MAX_PARTS));
        }
        int start = Math.min(end, blank + END_OF_HEAD.length);
        Matcher type = TYPE.matcher(head);
        parts.add(new Part(
                body,
                start,
                end,
                first(NAME, head),
                fileName(head),
                type.find() ? type.group(1).strip() : null));
    }

    private static @Nullable String fileName(String head) {
        Matcher coded = CODED_FILE_NAME.matcher(head);
        if (coded.find()) {
            try {
                return URLDecoder.decode(
                        head.substring(coded.start(1), coded.end(1)).replace("+", "%2B"), UTF_8);
            } catch (IllegalArgumentException e) {
                return first(FILE_NAME, head); // invalid encoding, so use the plain parameter
            }
        }
        return first(FILE_NAME, head);
    }

    private static @Nullable String first(Pattern pattern, String head) {
        Matcher match = pattern.matcher(head);
        if (!match.find()) {
            return null;
        }
        return match.group(1) == null ? match.group(2) : match.group(1);
    }

    private boolean isLast(int at) {
        return at + 1 < body.length && body[at] == '-' && body[at + 1] == '-';
    }

    /** Position after the line break that ends the delimiter line. */
    private int lineEnd(int at) {
        int position = at;
        while (position < body.length && (body[position] == ' ' || body[position] == '\t')) {
            position++;
        }
        if (position + 1 >= body.length || body[position] != '\r' || body[position + 1] != '\n') {
            throw cutOff();
        }
        return position + 2;
    }

    private int indexAfter(int from) {
        int found = indexOf(delimiter, from, body.length);
        if (found < 0) {
            throw cutOff();
        }
        return found + delimiter.length;
    }

    private static ProblemException unreadable(String what) {
        return ProblemException.invalid(List.of(new Violation("", what)));
    }

    private static ProblemException cutOff() {
        return unreadable("is cut off: the closing boundary is missing");
    }

    private boolean startsWith(int at, int skip) {
        return Arrays.equals(
                body, at, Math.min(body.length, at + delimiter.length - skip), delimiter, skip, delimiter.length);
    }

    private int indexOf(byte[] wanted, int from, int to) {
        for (int at = from; at <= to - wanted.length; at++) {
            if (body[at] == wanted[0] && Arrays.equals(body, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        return -1;
    }
}
