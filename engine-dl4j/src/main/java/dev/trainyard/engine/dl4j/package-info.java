/** The training engine on DL4J. */
package dev.trainyard.engine.dl4j;
