/** Replies to the gateways and reports of this predictor's status. */
package dev.trainyard.predictor.report;
