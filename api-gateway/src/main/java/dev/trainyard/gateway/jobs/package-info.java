/** Training jobs: submission, states, events, callbacks, and the reaper. */
package dev.trainyard.gateway.jobs;
