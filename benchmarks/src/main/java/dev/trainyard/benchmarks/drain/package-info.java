/** Time to drain thousands of queued jobs with several trainers. */
@NullMarked
package dev.trainyard.benchmarks.drain;

import org.jspecify.annotations.NullMarked;
