/** Failures of commands: message, advice and exit code. */
@NullMarked
package dev.trainyard.cli.error;

import org.jspecify.annotations.NullMarked;
