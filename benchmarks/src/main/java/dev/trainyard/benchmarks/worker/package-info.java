/** Cost of the predictor's steps for one image. */
@NullMarked
package dev.trainyard.benchmarks.worker;

import org.jspecify.annotations.NullMarked;
