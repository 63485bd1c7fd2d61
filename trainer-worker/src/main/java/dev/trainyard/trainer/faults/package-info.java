/** Faults on demand, for tests only. */
@NullMarked
package dev.trainyard.trainer.faults;

import org.jspecify.annotations.NullMarked;
