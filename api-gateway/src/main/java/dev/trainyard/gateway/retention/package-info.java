/** Deletion of rows and files whose retention time has passed. */
@NullMarked
package dev.trainyard.gateway.retention;

import org.jspecify.annotations.NullMarked;
