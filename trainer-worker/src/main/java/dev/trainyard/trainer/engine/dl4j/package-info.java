/** The training engine on DL4J. */
package dev.trainyard.trainer.engine.dl4j;
