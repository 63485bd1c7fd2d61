/** Commands for studies. */
@NullMarked
package dev.trainyard.cli.studies;

import org.jspecify.annotations.NullMarked;
