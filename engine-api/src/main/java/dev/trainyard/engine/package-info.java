/** The port to a training engine. Engines are found by {@link java.util.ServiceLoader}. */
package dev.trainyard.engine;
