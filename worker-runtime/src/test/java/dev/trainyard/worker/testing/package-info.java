/** Test set-up that both workers share. */
package dev.trainyard.worker.testing;
