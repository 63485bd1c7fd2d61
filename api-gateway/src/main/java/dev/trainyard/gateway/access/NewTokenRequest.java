package dev.trainyard.gateway.access;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.gateway.permission.Permissions;
import dev.trainyard.gateway.permission.ProjectName;
import dev.trainyard.gateway.permission.Role;
import dev.trainyard.validation.JsonFieldReader;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Body of a request for a token, for the OpenAPI document; {@link #read} reads it. */
@Schema(requiredProperties = {"name", "role"})
record NewTokenRequest(
        @Schema(maxLength = MOST_NAME) String name,
        Role role,

        @Schema(
                description = "The only project. Without it, the project of this request; "
                        + "for an administrator that an administrator of all projects creates, all projects")
        String project,

        @Schema(description = "Only these permissions of the role: read, metrics, predict, submit, operate, administer")
        List<String> scopes,

        @Schema(description = "ISO 8601 duration, such as P90D; without it the token does not expire")
        String expiresIn) {
    static final int MOST_NAME = 100;
    private static final Duration LONGEST = Duration.ofDays(3650);
    private static final List<String> ROLES =
            Arrays.stream(Role.values()).map(Role::wireName).toList();
    private static final List<String> PERMISSIONS = List.of(
            Permissions.READ,
            Permissions.METRICS,
            Permissions.PREDICT,
            Permissions.SUBMIT,
            Permissions.OPERATE,
            Permissions.ADMINISTER);

    /** The result is only valid if {@code fields} has reported no violation. Without a project, that is null. */
    static AccessTokens.TokenRequest read(JsonFieldReader fields) {
        String name = name(fields);
        Role role = fields.oneOf("role", Role.class, Role.VIEWER);
        if (!fields.has("role")) {
            fields.reject("role", "is required; write one of " + String.join(", ", ROLES));
        }
        String project = project(fields);
        Set<String> scopes = scopes(fields, role);
        Duration expiresIn = expiresIn(fields);
        fields.rejectUnread();
        return new AccessTokens.TokenRequest(name, role, project, scopes, expiresIn);
    }

    private static String name(JsonFieldReader fields) {
        String name = fields.node("name").asText("").strip();
        if (!fields.node("name").isTextual()
                || name.isEmpty()
                || name.length() > MOST_NAME
                || !name.codePoints().allMatch(NewTokenRequest::isVisible)) {
            fields.reject(
                    "name",
                    "is required; write a text of 1 to %d characters, without invisible ones".formatted(MOST_NAME));
        }
        return name;
    }

    /** Names are shown in lists, logs and the audit log. */
    private static boolean isVisible(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    private static @Nullable String project(JsonFieldReader fields) {
        JsonNode node = fields.node("project");
        if (node.isMissingNode()) {
            return null;
        }
        if (!node.isTextual() || !ProjectName.isValid(node.textValue())) {
            fields.reject("project", "must be the name of a project: " + ProjectName.RULE);
            return null;
        }
        return node.textValue();
    }

    private static @Nullable Set<String> scopes(JsonFieldReader fields, Role role) {
        JsonNode node = fields.node("scopes");
        if (node.isMissingNode()) {
            return null;
        }
        Set<String> scopes = new TreeSet<>();
        node.forEach(scope -> scopes.add(scope.asText()));
        if (!node.isArray() || scopes.isEmpty() || !PERMISSIONS.containsAll(scopes)) {
            fields.reject("scopes", "must be a list of some of " + String.join(", ", PERMISSIONS));
        } else if (!role.permissions().containsAll(scopes)) {
            scopes.removeAll(role.permissions());
            fields.reject("scopes", "the role %s lacks %s".formatted(role.wireName(), String.join(", ", scopes)));
        }
        return scopes;
    }

    private static @Nullable Duration expiresIn(JsonFieldReader fields) {
        JsonNode node = fields.node("expires_in");
        if (node.isMissingNode()) {
            return null;
        }
        try {
            Duration duration = Duration.parse(node.asText());
            if (node.isTextual() && duration.compareTo(Duration.ZERO) > 0 && duration.compareTo(LONGEST) <= 0) {
                return duration;
            }
        } catch (DateTimeParseException e) {
            // reported below, as any other value that is no duration
        }
        fields.reject("expires_in", "must be an ISO 8601 duration up to P3650D, such as P90D or PT12H");
        return null;
    }
}
