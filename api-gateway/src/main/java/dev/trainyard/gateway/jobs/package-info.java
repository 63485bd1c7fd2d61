/** Training jobs: submission, states, events, callbacks, and the reaper. */
@NullMarked
package dev.trainyard.gateway.jobs;

import org.jspecify.annotations.NullMarked;
