/** Loading, caching and replacement of models. */
package dev.trainyard.predictor.models;
