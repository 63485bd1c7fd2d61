/** Time and memory of loading and unloading models. */
package dev.trainyard.benchmarks.models;
