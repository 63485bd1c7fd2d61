/** Predictions of many pictures in one request, from forms and ZIP archives. */
package dev.trainyard.gateway.predictions.batch;
