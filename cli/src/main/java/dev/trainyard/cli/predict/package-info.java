/** The command that predicts digits on images. */
@NullMarked
package dev.trainyard.cli.predict;

import org.jspecify.annotations.NullMarked;
