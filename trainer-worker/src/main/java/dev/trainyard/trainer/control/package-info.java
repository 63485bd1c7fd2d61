/** Reception of cancel, pause and fencing messages for running jobs. */
@NullMarked
package dev.trainyard.trainer.control;

import org.jspecify.annotations.NullMarked;
