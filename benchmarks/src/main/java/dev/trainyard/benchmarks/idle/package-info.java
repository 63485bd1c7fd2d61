/** Processor time, memory and start time of a platform that has nothing to do. */
@NullMarked
package dev.trainyard.benchmarks.idle;

import org.jspecify.annotations.NullMarked;
