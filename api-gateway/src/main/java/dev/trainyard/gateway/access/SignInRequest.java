package dev.trainyard.gateway.access;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.gateway.http.StrictJson;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Body of a sign-in: an access token, or what the OpenID provider added to the address of the page. */
sealed interface SignInRequest {
    /** Visible ASCII, as OAuth has it. */
    Pattern CODE = Pattern.compile("[ -~]{1,4096}");

    record WithToken(String token) implements SignInRequest {}

    record WithCode(String code, String state) implements SignInRequest {}

    /** @throws ProblemException 400 or 422 if it is neither */
    static SignInRequest read(byte[] body) {
        JsonNode json = StrictJson.parse(body);
        List<Violation> errors = new ArrayList<>();
        JsonFieldReader fields = JsonFieldReader.of(json, "", errors);
        SignInRequest request = json.has("code") || json.has("state") ? code(fields) : token(fields);
        fields.rejectUnread();
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
        return request;
    }

    private static SignInRequest token(JsonFieldReader fields) {
        JsonNode token = fields.node("token");
        if (!token.isTextual()) {
            fields.reject("token", "is required; write the text of an access token, ty_ID_SECRET");
        }
        return new WithToken(token.asText().strip());
    }

    private static SignInRequest code(JsonFieldReader fields) {
        return new WithCode(parameter(fields, "code"), parameter(fields, "state"));
    }

    private static String parameter(JsonFieldReader fields, String name) {
        JsonNode value = fields.node(name);
        if (!value.isTextual() || !CODE.matcher(value.textValue()).matches()) {
            fields.reject(
                    name, "is required; write the parameter of that name with which the OpenID provider returned");
        }
        return value.asText();
    }
}
