/** JSON as trees, without the start-up cost of data binding. */
@NullMarked
package dev.trainyard.cli.json;

import org.jspecify.annotations.NullMarked;
