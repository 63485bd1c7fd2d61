package dev.trainyard.gateway.prediction.batch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trainyard.gateway.prediction.PictureQuestions;
import dev.trainyard.image.PngFile;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of a multipart/form-data body (RFC 7578), in the order in which they came, whatever their names. Read here
 * rather than by the framework, which groups parts by name and writes each to a file first.
 */
final class MultipartPictures {
    private static final int LONGEST_HEAD = 8 * 1024;
    private static final int LONGEST_NAME = 255;
    private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(ISO_8859_1);
    private static final Pattern BOUNDARY =
            Pattern.compile(";\\s*boundary=(?:\"([^\"]{1,70})\"|([^\\s;\"]{1,70}))", Pattern.CASE_INSENSITIVE);
    private static final Pattern NAME = Pattern.compile(";\\s*name=(?:\"([^\"]*)\"|([^\\s;\"]+))");
    private static final Pattern FILE_NAME =
            Pattern.compile(";\\s*filename=(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s;\"]+))");
    private static final Pattern CODED_FILE_NAME =
            Pattern.compile(";\\s*filename\\*=utf-8''([^\\s;]+)", Pattern.CASE_INSENSITIVE);
    private static final Pattern IMAGE =
            Pattern.compile("^content-type:\\s*image/", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

    private final byte[] body;
    private final byte[] delimiter;
    private final List<Pictures.Item> items = new ArrayList<>();
    private long bytes;
    private int skipped;

    private MultipartPictures(byte[] body, String boundary) {
        this.body = body;
        this.delimiter = ("\r\n--" + boundary).getBytes(ISO_8859_1);
    }

    /** A part's place in the body. */
    private record Part(byte[] body, int from, int to, String name) implements Pictures.Item {
        @Override
        public byte[] read() {
            if (to - from > PngFile.MAX_BYTES) {
                throw PictureQuestions.tooLarge(to - from);
            }
            return Arrays.copyOfRange(body, from, to);
        }
    }

    static Pictures read(byte[] body, String contentType) {
        Matcher boundary = BOUNDARY.matcher(contentType);
        if (!boundary.find()) {
            throw Pictures.unreadable("has no boundary in its Content-Type; most clients set it by themselves");
        }
        String text = boundary.group(1) == null ? boundary.group(2) : boundary.group(1);
        return new MultipartPictures(body, text).parse();
    }

    private Pictures parse() {
        // the first delimiter may stand at the very start, without the line break before it
        int at = startsWith(0, 2) ? delimiter.length - 2 : indexAfter(0);
        while (!isLast(at)) {
            int head = lineEnd(at);
            int next = indexAfter(head - 2);
            part(head, next - delimiter.length);
            at = next;
        }
        return new Pictures(items, bytes, skipped);
    }

    /** A head, a blank line, and content up to {@code end}. */
    private void part(int from, int end) {
        // a part without any header begins with the blank line
        int blank = indexOf(END_OF_HEAD, from - 2, Math.min(end + 2, from + LONGEST_HEAD));
        if (blank < 0) {
            throw Pictures.unreadable("has a part whose head does not end within %d bytes".formatted(LONGEST_HEAD));
        }
        String head = new String(body, from, Math.max(0, blank - from), UTF_8);
        String file = fileName(head);
        if (file == null && !IMAGE.matcher(head).find()) {
            skipped++;
            return;
        }
        if (items.size() == Pictures.MOST) {
            throw Pictures.tooMany("pictures", Pictures.MOST);
        }
        int start = Math.min(end, blank + END_OF_HEAD.length);
        String name = file == null || file.isEmpty() ? first(NAME, head) : file;
        items.add(new Part(body, start, end, plain(name)));
        bytes += end - start;
    }

    private static String fileName(String head) {
        Matcher coded = CODED_FILE_NAME.matcher(head);
        if (coded.find()) {
            try {
                return URLDecoder.decode(
                        head.substring(coded.start(1), coded.end(1)).replace("+", "%2B"), UTF_8);
            } catch (IllegalArgumentException e) {
                return first(FILE_NAME, head); // badly coded, so what stands beside it
            }
        }
        return first(FILE_NAME, head);
    }

    private static String first(Pattern pattern, String head) {
        Matcher match = pattern.matcher(head);
        if (!match.find()) {
            return null;
        }
        return match.group(1) == null ? match.group(2) : match.group(1);
    }

    static String plain(String name) {
        if (name == null) {
            return null;
        }
        String visible = name.replaceAll("\\p{Cntrl}", "");
        return visible.length() <= LONGEST_NAME ? visible : visible.substring(0, LONGEST_NAME);
    }

    private boolean isLast(int at) {
        return at + 1 < body.length && body[at] == '-' && body[at + 1] == '-';
    }

    /** Position after the line break that ends the delimiter's line. */
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

    private static RuntimeException cutOff() {
        return Pictures.unreadable("is cut off: a boundary that its Content-Type announces does not come");
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
