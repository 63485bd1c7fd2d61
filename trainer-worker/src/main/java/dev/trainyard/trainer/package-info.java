/** Start, settings and health of the trainer service. */
package dev.trainyard.trainer;
