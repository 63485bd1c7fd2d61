/** Training speed of the engine compared with DL4J's defaults. */
@NullMarked
package dev.trainyard.benchmarks.engine;

import org.jspecify.annotations.NullMarked;
