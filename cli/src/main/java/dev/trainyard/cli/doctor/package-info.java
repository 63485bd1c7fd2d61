/** Checks of this machine and of the gateway. */
@NullMarked
package dev.trainyard.cli.doctor;

import org.jspecify.annotations.NullMarked;
