/** How a command fails: message, advice and exit code. */
package dev.trainyard.cli.error;
