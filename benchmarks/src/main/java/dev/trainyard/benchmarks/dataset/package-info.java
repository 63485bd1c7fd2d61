/** Speed of reading datasets. */
@NullMarked
package dev.trainyard.benchmarks.dataset;

import org.jspecify.annotations.NullMarked;
