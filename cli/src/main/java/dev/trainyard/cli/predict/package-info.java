/** The command that predicts digits on pictures. */
@NullMarked
package dev.trainyard.cli.predict;

import org.jspecify.annotations.NullMarked;
