/** JSON as trees, without the start-up cost of data binding. */
package dev.trainyard.cli.json;
