/** The artifact store: files that are written once and read by hash. */
@NullMarked
package dev.trainyard.artifact;

import org.jspecify.annotations.NullMarked;
