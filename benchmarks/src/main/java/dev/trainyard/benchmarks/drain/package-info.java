/** Time to drain thousands of queued jobs with several trainers. */
package dev.trainyard.benchmarks.drain;
