/** Decoding of PNG files and normalisation of pictures to MNIST's form. */
package dev.trainyard.image;
