/** A training run: epochs, checkpoints, evaluation and publication. */
@NullMarked
package dev.trainyard.trainer.run;

import org.jspecify.annotations.NullMarked;
