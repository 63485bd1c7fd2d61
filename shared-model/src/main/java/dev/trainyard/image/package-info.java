/** Decoding of PNG files and normalisation of pictures to MNIST's form. */
@NullMarked
package dev.trainyard.image;

import org.jspecify.annotations.NullMarked;
