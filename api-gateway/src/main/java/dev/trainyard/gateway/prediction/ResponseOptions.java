package dev.trainyard.gateway.prediction;

/**
 * How a client is told of a reply.
 *
 * @param alias by which the version was chosen; null where the client named it
 * @param outliers what the client wants of a picture that looks like no digit
 */
public record ResponseOptions(String alias, OutlierPolicy outliers) {}
