/** What all commands share: options of the client, groups of commands and their arguments. */
package dev.trainyard.cli.command;
