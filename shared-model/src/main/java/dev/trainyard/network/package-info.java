/** Networks as ordered lists of layers. */
@NullMarked
package dev.trainyard.network;

import org.jspecify.annotations.NullMarked;
