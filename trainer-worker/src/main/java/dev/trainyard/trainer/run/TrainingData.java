package dev.trainyard.trainer.run;

import dev.trainyard.dataset.ImageDataset;

/**
 * Both splits of a dataset, decoded.
 *
 * @param classes number of labels, 0 to {@code classes - 1}
 * @param digest SHA-256 over the digests of the shards
 */
public record TrainingData(ImageDataset train, ImageDataset test, int classes, String digest) {}
