/** The artifact store: files that are written once and read by hash. */
package dev.trainyard.artifact;
