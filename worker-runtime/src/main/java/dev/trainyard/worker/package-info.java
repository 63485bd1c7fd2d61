/** The process shell that trainer and predictor share: start, drain, health, Kafka settings and retries. */
@NullMarked
package dev.trainyard.worker;

import org.jspecify.annotations.NullMarked;
