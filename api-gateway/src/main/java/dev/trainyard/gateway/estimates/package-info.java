/** Estimates of a job's start, end and memory, from earlier runs. */
package dev.trainyard.gateway.estimates;
