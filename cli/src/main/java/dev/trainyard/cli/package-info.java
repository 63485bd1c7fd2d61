/** Entry point of the command-line client, its options, exit statuses and JSON output. */
@NullMarked
package dev.trainyard.cli;

import org.jspecify.annotations.NullMarked;
