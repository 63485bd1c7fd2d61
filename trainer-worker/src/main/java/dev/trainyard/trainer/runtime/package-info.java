/** Settings of a trainer. */
@NullMarked
package dev.trainyard.trainer.runtime;

import org.jspecify.annotations.NullMarked;
