/** Accuracy for digits in many picture formats. */
package dev.trainyard.benchmarks.pictures;
