/** The embedded PostgreSQL server. */
@NullMarked
package dev.trainyard.standalone.postgres;

import org.jspecify.annotations.NullMarked;
