/** Refusal of new work when free disk space is low. */
package dev.trainyard.gateway.disk;
