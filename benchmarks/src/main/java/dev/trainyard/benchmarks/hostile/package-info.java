/** Damaged and malicious PNG files sent to a running platform. */
@NullMarked
package dev.trainyard.benchmarks.hostile;

import org.jspecify.annotations.NullMarked;
