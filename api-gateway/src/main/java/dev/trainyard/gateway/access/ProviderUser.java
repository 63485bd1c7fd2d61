package dev.trainyard.gateway.access;

import java.time.Instant;
import java.util.Set;

/**
 * A user whom the OpenID provider has authenticated.
 *
 * @param roles values of the roles claim
 * @param until the end of the token that has the roles
 */
record ProviderUser(String subject, String name, Set<String> roles, Instant until, SealedTokens tokens) {}
