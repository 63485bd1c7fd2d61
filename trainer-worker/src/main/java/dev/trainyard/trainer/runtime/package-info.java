/** Settings of a trainer. */
package dev.trainyard.trainer.runtime;
