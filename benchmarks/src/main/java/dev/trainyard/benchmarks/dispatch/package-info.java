/** Measures how promptly and in which shares queued jobs are handed out. */
@NullMarked
package dev.trainyard.benchmarks.dispatch;

import org.jspecify.annotations.NullMarked;
