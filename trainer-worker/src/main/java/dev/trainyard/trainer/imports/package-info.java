/** The check of an imported model in a separate process. */
package dev.trainyard.trainer.imports;
