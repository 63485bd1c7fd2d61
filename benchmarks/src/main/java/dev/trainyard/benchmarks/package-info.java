/** Entry point of the benchmarks and the table that they print. */
package dev.trainyard.benchmarks;
