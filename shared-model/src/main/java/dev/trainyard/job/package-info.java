/** Configurations, states, transitions and results of training jobs. */
@NullMarked
package dev.trainyard.job;

import org.jspecify.annotations.NullMarked;
