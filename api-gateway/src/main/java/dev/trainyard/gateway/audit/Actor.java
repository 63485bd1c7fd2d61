package dev.trainyard.gateway.audit;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a change.
 *
 * @param id of the token, or the subject of the OpenID provider; null if the kind has none
 */
public record Actor(Kind kind, String name, @Nullable String id) {
    /** Attribute of the identity of every request; a change by an identity without it fails. */
    public static final String ATTRIBUTE = "actor";

    public static final Actor ANYONE = new Actor(Kind.ANYONE, "anyone", null);
    public static final Actor PLATFORM = new Actor(Kind.PLATFORM, "gateway", null);

    /** What an actor is known by. */
    public enum Kind {
        /** Any client of a gateway that does not authenticate. */
        ANYONE,
        TOKEN,
        /** A user of an OpenID provider. */
        OIDC,
        /** The gateway itself, such as at its first start. */
        PLATFORM;

        /** Name in responses and the database. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
