/** The embedded PostgreSQL server. */
package dev.trainyard.standalone.postgres;
