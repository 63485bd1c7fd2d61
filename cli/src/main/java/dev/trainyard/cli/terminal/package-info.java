/** Output to a terminal: tables, colours and progress. */
package dev.trainyard.cli.terminal;
