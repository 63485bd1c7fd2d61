/** Output to a terminal: tables, colours and progress. */
@NullMarked
package dev.trainyard.cli.terminal;

import org.jspecify.annotations.NullMarked;
