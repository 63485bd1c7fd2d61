/** Loading, caching and replacement of models. */
@NullMarked
package dev.trainyard.predictor.models;

import org.jspecify.annotations.NullMarked;
