/** Commands that convert, list and show datasets on this machine. */
@NullMarked
package dev.trainyard.cli.dataset;

import org.jspecify.annotations.NullMarked;
