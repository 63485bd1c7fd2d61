/** Start, settings and health of the trainer service. */
@NullMarked
package dev.trainyard.trainer;

import org.jspecify.annotations.NullMarked;
