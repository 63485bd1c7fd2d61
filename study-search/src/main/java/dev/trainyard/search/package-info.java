/** Hyper-parameter search as pure functions of a study's history: what to try next, and what to promote or stop. */
@NullMarked
package dev.trainyard.search;

import org.jspecify.annotations.NullMarked;
