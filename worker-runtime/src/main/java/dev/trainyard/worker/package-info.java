/** The process shell that trainer and predictor share: start, drain, health, Kafka settings and retries. */
package dev.trainyard.worker;
