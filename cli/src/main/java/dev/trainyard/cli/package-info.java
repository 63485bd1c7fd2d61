/** Entry point of the command-line client. */
package dev.trainyard.cli;
