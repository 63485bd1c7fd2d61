/** Datasets as TFRecord files, and their conversion from NumPy archives. */
@NullMarked
package dev.trainyard.dataset;

import org.jspecify.annotations.NullMarked;
