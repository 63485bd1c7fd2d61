/** Cheaper forms of a model and the gate that they must pass. */
@NullMarked
package dev.trainyard.trainer.variant;

import org.jspecify.annotations.NullMarked;
