/** Processes that are started, supervised and stopped. */
@NullMarked
package dev.trainyard.standalone.process;

import org.jspecify.annotations.NullMarked;
