/** Reception of cancel, pause and fencing messages for running jobs. */
package dev.trainyard.trainer.control;
