/** Estimates of a job's start, end and memory, from earlier runs. */
@NullMarked
package dev.trainyard.gateway.estimates;

import org.jspecify.annotations.NullMarked;
