/** The port to a training engine. Engines are found by {@link java.util.ServiceLoader}. */
@NullMarked
package dev.trainyard.engine;

import org.jspecify.annotations.NullMarked;
