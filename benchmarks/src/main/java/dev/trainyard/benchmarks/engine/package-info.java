/** Training speed of the engine compared with DL4J's defaults. */
package dev.trainyard.benchmarks.engine;
