/** The demonstration that trains a network and predicts a digit. */
@NullMarked
package dev.trainyard.standalone.demo;

import org.jspecify.annotations.NullMarked;
