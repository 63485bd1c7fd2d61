package dev.trainyard.gateway.models;

import java.util.regex.Pattern;

/** Names of aliases, which point to versions of a model. */
final class Alias {
    /** Alias of the version that serves predictions. */
    static final String PRODUCTION = "production";
    /** Alias of the version that serves a share of the requests if the route says so. */
    static final String CANARY = "canary";

    static final String FORM = "[a-z][a-z0-9_-]{0,31}";
    private static final Pattern PATTERN = Pattern.compile(FORM);

    private Alias() {}

    static boolean isValid(String text) {
        return PATTERN.matcher(text).matches();
    }
}
