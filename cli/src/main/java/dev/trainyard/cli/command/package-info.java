/** Shared by all commands: options of the client, groups of commands and their arguments. */
@NullMarked
package dev.trainyard.cli.command;

import org.jspecify.annotations.NullMarked;
