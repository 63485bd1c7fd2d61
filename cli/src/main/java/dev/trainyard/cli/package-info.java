/** Entry point of the command-line client, its options, exit statuses and JSON output. */
package dev.trainyard.cli;
