/** Configurations, states, transitions and results of training jobs. */
package dev.trainyard.job;
