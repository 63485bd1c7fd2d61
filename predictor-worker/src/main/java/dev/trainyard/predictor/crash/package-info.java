/** Detection and quarantine of models that crash the process. */
package dev.trainyard.predictor.crash;
