/** Damaged and malicious PNG files sent to a running platform. */
package dev.trainyard.benchmarks.hostile;
