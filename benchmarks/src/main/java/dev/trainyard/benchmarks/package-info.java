/** Entry point of the benchmarks and the table that they print. */
@NullMarked
package dev.trainyard.benchmarks;

import org.jspecify.annotations.NullMarked;
