package dev.trainyard.gateway.prediction.tensor;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import java.io.IOException;

/** Counts the fields of a document; a token limit would also count the values of tensors. */
final class FieldLimitingParser extends JsonParserDelegate {
    private final int most;
    private int fields;

    FieldLimitingParser(JsonParser parser, int most) {
        super(parser);
        this.most = most;
    }

    @Override
    public JsonToken nextToken() throws IOException {
        JsonToken token = delegate.nextToken();
        if (token == JsonToken.FIELD_NAME && ++fields > most) {
            throw new StreamConstraintsException("more than %d fields".formatted(most));
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
