/** Completion scripts for shells. */
@NullMarked
package dev.trainyard.cli.completion;

import org.jspecify.annotations.NullMarked;
