/** Processes that are started, supervised and stopped. */
package dev.trainyard.standalone.process;
