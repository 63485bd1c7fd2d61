/** Tables of results. */
@NullMarked
package dev.trainyard.benchmarks.report;

import org.jspecify.annotations.NullMarked;
