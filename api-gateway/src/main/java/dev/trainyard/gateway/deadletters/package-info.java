/** Collection of records that could not be processed, and the endpoints to list dead letters and unsent records. */
@NullMarked
package dev.trainyard.gateway.deadletters;

import org.jspecify.annotations.NullMarked;
