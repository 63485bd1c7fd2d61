/** Speed and accuracy of cheaper forms of a model. */
@NullMarked
package dev.trainyard.benchmarks.variants;

import org.jspecify.annotations.NullMarked;
