/** The check of an imported model in a separate process. */
@NullMarked
package dev.trainyard.trainer.imports;

import org.jspecify.annotations.NullMarked;
