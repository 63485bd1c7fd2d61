package dev.trainyard.gateway.prediction;

import dev.trainyard.gateway.models.Wanted;
import dev.trainyard.message.Want;

/** What a client wants to be told of a picture, and by which version. */
public record Asking(Wanted wanted, Want want, OutlierPolicy outliers) {}
