package dev.trainyard.gateway.http;

import org.jspecify.annotations.Nullable;

/**
 * Attribute of an identity whose credentials a browser sends by itself, also for requests that other pages cause.
 * {@link BrowserRequestCheck} refuses those.
 */
public interface BrowserSession {
    /** Name of the attribute. */
    String ATTRIBUTE = "browser-session";

    /** Returns true for the token that the page got when its user signed in; compares in constant time. */
    boolean acceptsCsrfToken(@Nullable String sent);
}
