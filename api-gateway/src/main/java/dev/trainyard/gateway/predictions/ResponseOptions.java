package dev.trainyard.gateway.predictions;

import org.jspecify.annotations.Nullable;

/**
 * Options for turning a predictor's reply into the answer to a client.
 *
 * @param alias that selected the version; null if the client named the version
 * @param outliers handling of an image that does not look like a digit
 */
public record ResponseOptions(@Nullable String alias, OutlierPolicy outliers) {}
