package dev.trainyard.gateway.models;

import java.util.regex.Pattern;

/** Names for versions that move. */
final class Alias {
    /** What predict answers with. */
    static final String PRODUCTION = "production";
    /** What answers a share of the requests where a route says so. */
    static final String CANARY = "canary";

    static final String FORM = "[a-z][a-z0-9_-]{0,31}";
    private static final Pattern PATTERN = Pattern.compile(FORM);

    private Alias() {}

    static boolean isValid(String text) {
        return PATTERN.matcher(text).matches();
    }
}
