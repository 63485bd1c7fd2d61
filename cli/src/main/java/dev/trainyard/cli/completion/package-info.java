/** Completion scripts for shells. */
package dev.trainyard.cli.completion;
