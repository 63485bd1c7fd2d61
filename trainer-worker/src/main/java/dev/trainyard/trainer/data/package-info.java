/** Loading of datasets for a run. */
package dev.trainyard.trainer.data;
