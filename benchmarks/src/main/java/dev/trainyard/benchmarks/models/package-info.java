/** Time and memory of loading and unloading models. */
@NullMarked
package dev.trainyard.benchmarks.models;

import org.jspecify.annotations.NullMarked;
