/** Loading of datasets for a run. */
@NullMarked
package dev.trainyard.trainer.data;

import org.jspecify.annotations.NullMarked;
