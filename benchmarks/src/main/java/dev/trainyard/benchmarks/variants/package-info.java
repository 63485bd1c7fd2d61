/** Speed and accuracy of cheaper forms of a model. */
package dev.trainyard.benchmarks.variants;
