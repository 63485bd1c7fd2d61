/** A training run: epochs, checkpoints, evaluation and publication. */
package dev.trainyard.trainer.run;
