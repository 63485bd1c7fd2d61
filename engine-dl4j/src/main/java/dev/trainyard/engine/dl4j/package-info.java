/** The training engine on DL4J. */
@NullMarked
package dev.trainyard.engine.dl4j;

import org.jspecify.annotations.NullMarked;
