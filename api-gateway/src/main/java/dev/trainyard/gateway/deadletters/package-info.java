/** Collection of records that could not be processed, and the endpoints to list dead letters and unsent records. */
package dev.trainyard.gateway.deadletters;
