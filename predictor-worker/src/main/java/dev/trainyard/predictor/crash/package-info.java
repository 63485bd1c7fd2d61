/** Detection and quarantine of models that crash the process. */
@NullMarked
package dev.trainyard.predictor.crash;

import org.jspecify.annotations.NullMarked;
