/** Processor time, memory and start time of a platform that has nothing to do. */
package dev.trainyard.benchmarks.idle;
