/** Entry point of the launcher and its commands. */
@NullMarked
package dev.trainyard.standalone;

import org.jspecify.annotations.NullMarked;
