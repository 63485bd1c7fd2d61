/** Cheaper forms of a model and the gate that they must pass. */
package dev.trainyard.trainer.variant;
