package dev.trainyard.gateway.prediction;

import dev.trainyard.gateway.models.Wanted;
import dev.trainyard.message.RequestedOutput;

/** What a client wants to be told of a picture, and by which version. */
public record Asking(Wanted wanted, RequestedOutput want, OutlierPolicy outliers) {}
