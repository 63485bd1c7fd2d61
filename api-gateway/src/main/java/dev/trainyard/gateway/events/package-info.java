/** Requests that wait for a change, whichever gateway makes it. */
package dev.trainyard.gateway.events;
