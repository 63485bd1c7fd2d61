/** Samplers of studies on known functions, compared with Optuna. */
@NullMarked
package dev.trainyard.benchmarks.studies;

import org.jspecify.annotations.NullMarked;
