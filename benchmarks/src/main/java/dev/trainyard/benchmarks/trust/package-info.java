/** Quality of a model's trust pack, and training of the bundled model. */
@NullMarked
package dev.trainyard.benchmarks.trust;

import org.jspecify.annotations.NullMarked;
