/** Commands for access tokens. */
@NullMarked
package dev.trainyard.cli.access;

import org.jspecify.annotations.NullMarked;
