/** Load of predictions and submits on a running platform. */
@NullMarked
package dev.trainyard.benchmarks.load;

import org.jspecify.annotations.NullMarked;
