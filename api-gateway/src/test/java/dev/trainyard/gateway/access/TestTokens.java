package dev.trainyard.gateway.access;

import dev.trainyard.gateway.permission.Role;
import jakarta.inject.Singleton;

/** Access tokens for tests of other packages. */
@Singleton
public class TestTokens {
    /** An administrator of all projects. */
    static final TokenManager MANAGER = new TokenManager("test", null, Role.ADMINISTRATOR.permissions());

    private final AccessTokens tokens;
    private final TokenDirectory directory;

    TestTokens(AccessTokens tokens, TokenDirectory directory) {
        this.tokens = tokens;
        this.directory = directory;
    }

    /** Returns the text of a new token, which this gateway accepts at once. */
    public String create(Role role) {
        String text = tokens.create(
                        new AccessTokens.TokenRequest("my " + role.wireName(), role, null, null, null), "test")
                .orElseThrow()
                .secret()
                .text();
        directory.refresh();
        return text;
    }
}
