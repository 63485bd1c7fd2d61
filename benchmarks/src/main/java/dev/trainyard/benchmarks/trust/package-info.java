/** Quality of a model's trust pack, and training of the bundled model. */
package dev.trainyard.benchmarks.trust;
