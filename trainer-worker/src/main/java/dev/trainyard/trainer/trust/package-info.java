/** Fitting of trust packs on held-out images. */
@NullMarked
package dev.trainyard.trainer.trust;

import org.jspecify.annotations.NullMarked;
