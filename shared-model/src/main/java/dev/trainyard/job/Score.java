package dev.trainyard.job;

/**
 * Loss and accuracy over one set of images.
 *
 * @param loss mean cross-entropy per image, in nats
 * @param accuracy share of correctly classified images, 0 to 1
 */
public record Score(double loss, double accuracy) {}
