/** Decoding of PNG files and normalisation of images to MNIST's form. */
@NullMarked
package dev.trainyard.image;

import org.jspecify.annotations.NullMarked;
