/** Measures the share of jobs whose start, duration and end fall into the intervals that a dry run estimated. */
@NullMarked
package dev.trainyard.benchmarks.estimates;

import org.jspecify.annotations.NullMarked;
