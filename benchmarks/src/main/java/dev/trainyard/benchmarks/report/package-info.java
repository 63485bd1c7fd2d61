/** Tables of results. */
package dev.trainyard.benchmarks.report;
