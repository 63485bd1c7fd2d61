/** Cost of the predictor's steps for one picture. */
package dev.trainyard.benchmarks.worker;
