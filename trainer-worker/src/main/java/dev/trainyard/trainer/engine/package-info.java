/** The port to a training engine. */
package dev.trainyard.trainer.engine;
