/** Faults on demand, for tests only. */
package dev.trainyard.trainer.faults;
