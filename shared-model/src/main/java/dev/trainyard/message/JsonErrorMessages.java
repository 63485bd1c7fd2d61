package dev.trainyard.message;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.regex.Pattern;

/** Adapts error messages of the JSON parser for clients, who do not know the implementation. */
public final class JsonErrorMessages {
    /** Matches the location, "[Source: (byte[])...; line: 1, column: 5]", which includes parser settings. */
    private static final Pattern SOURCE = Pattern.compile("\\[Source: [^\\]]*?(line: \\d+, column: \\d+)[^\\]]*]");

    private static final Pattern OTHER_SOURCE = Pattern.compile("\\s*\\(?\\[Source: [^\\]]*]\\)?");
    /** ", from `StreamReadConstraints.getMaxNestingDepth()`". */
    private static final Pattern SETTING = Pattern.compile(",? from `[A-Za-z.]+\\(\\)`");

    private static final Pattern TOKEN = Pattern.compile("\\s*\\(token `[A-Za-z._]+`\\)");
    private static final Pattern TYPE = Pattern.compile("(?:value of type|instance of) `[^`]*`");
    private static final Pattern PACKAGE = Pattern.compile("(?:\\bclass )?\\b(?:[a-z][a-z0-9_]*\\.)+(?=[A-Z])");

    private JsonErrorMessages() {}

    /** The message of {@code e} in one line, without package names and parser settings. */
    public static String plain(JsonProcessingException e) {
        String message = SOURCE.matcher(String.valueOf(e.getOriginalMessage())).replaceAll("$1");
        message = OTHER_SOURCE.matcher(message).replaceAll("");
        message = SETTING.matcher(message).replaceAll("");
        message = TOKEN.matcher(message).replaceAll("");
        message = TYPE.matcher(message).replaceAll("it");
        return PACKAGE.matcher(message).replaceAll("").replaceAll("\\s+", " ").strip();
    }
}
