package dev.trainyard.gateway.prediction;

import dev.trainyard.gateway.models.ModelSelector;
import dev.trainyard.message.Want;

/** What a client wants to be told of a picture, and by which version. */
public record RequestOptions(ModelSelector wanted, Want want, OutlierPolicy outliers) {}
