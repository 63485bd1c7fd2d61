/** Deletion of rows and files whose retention time has passed. */
package dev.trainyard.gateway.retention;
