package dev.trainyard.gateway.predictions;

import dev.trainyard.gateway.models.ModelSelector;
import dev.trainyard.message.RequestedOutput;

/** Options of a prediction request: model version, explanation and handling of outliers. */
public record RequestOptions(ModelSelector selector, RequestedOutput want, OutlierPolicy outliers) {
    /**
     * The options as a part of the hash that is stored with an idempotency key. Do not change the text: a repeated
     * request would no longer match the hash that an earlier release stored.
     */
    public String idempotencyText() {
        return "Asking[wanted=Wanted[model=%s, version=%s, alias=%s], want=%s, outliers=%s]"
                .formatted(selector.model(), selector.version(), selector.alias(), want, outliers);
    }
}
