/** Speed of reading datasets. */
package dev.trainyard.benchmarks.dataset;
