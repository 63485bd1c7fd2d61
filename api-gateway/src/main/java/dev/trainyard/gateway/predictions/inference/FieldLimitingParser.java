package dev.trainyard.gateway.predictions.inference;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import java.io.IOException;

/** Limits the number of fields of a JSON document. A token limit would also count the values of tensors. */
final class FieldLimitingParser extends JsonParserDelegate {
    private final int maxFields;
    private int fields;

    FieldLimitingParser(JsonParser parser, int maxFields) {
        super(parser);
        this.maxFields = maxFields;
    }

    @Override
    public JsonToken nextToken() throws IOException {
        JsonToken token = delegate.nextToken();
        if (token == JsonToken.FIELD_NAME && ++fields > maxFields) {
            throw new StreamConstraintsException("more than %d fields".formatted(maxFields));
        }
        return token;
    }

    @Override
    public JsonParser skipChildren() throws IOException {
        int depth = 0;
        JsonToken token = currentToken();
        while (token != null) {
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            if (depth <= 0) {
                return this;
            }
            token = nextToken();
        }
        return this;
    }
}
