/** The GPUs of this machine, and the device on which the trainer trains. */
@NullMarked
package dev.trainyard.trainer.device;

import org.jspecify.annotations.NullMarked;
