/** How many events of trainers one gateway applies. */
@NullMarked
package dev.trainyard.benchmarks.events;

import org.jspecify.annotations.NullMarked;
