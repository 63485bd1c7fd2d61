/** Datasets as TFRecord files, and their conversion from NumPy archives. */
package dev.trainyard.dataset;
