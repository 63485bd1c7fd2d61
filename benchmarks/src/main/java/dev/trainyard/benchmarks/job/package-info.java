/** What the parts of a training job take, in a real trainer. */
@NullMarked
package dev.trainyard.benchmarks.job;

import org.jspecify.annotations.NullMarked;
