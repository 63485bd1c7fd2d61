/** How often the estimated intervals of a dry run hold. */
package dev.trainyard.benchmarks.estimates;
