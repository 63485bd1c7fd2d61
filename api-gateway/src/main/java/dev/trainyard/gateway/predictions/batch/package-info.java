/** Predictions of many images in one request, from forms and ZIP archives. */
@NullMarked
package dev.trainyard.gateway.predictions.batch;

import org.jspecify.annotations.NullMarked;
