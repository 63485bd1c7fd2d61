/** Refusal of new work when free disk space is low. */
@NullMarked
package dev.trainyard.gateway.disk;

import org.jspecify.annotations.NullMarked;
