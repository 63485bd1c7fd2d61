/** Accuracy for digits in many image formats. */
@NullMarked
package dev.trainyard.benchmarks.images;

import org.jspecify.annotations.NullMarked;
