/** Measures the share of jobs whose start, duration and end fall into the intervals that a dry run estimated. */
package dev.trainyard.benchmarks.estimates;
