/** Entry point of the command-line client. */
@NullMarked
package dev.trainyard.cli;

import org.jspecify.annotations.NullMarked;
