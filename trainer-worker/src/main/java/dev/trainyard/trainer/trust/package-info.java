/** Fitting of trust packs on held-out images. */
package dev.trainyard.trainer.trust;
