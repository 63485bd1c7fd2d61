/** Replies to the gateways and reports of this predictor's status. */
@NullMarked
package dev.trainyard.predictor.report;

import org.jspecify.annotations.NullMarked;
