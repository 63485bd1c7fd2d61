/** Training in plain Java on 256-bit vectors, with the same bits on every processor. */
@NullMarked
package dev.trainyard.engine.vector;

import org.jspecify.annotations.NullMarked;
