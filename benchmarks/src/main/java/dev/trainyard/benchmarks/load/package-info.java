/** Load of predictions and submits on a running platform. */
package dev.trainyard.benchmarks.load;
