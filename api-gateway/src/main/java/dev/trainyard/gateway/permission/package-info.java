/** The permissions of the API, and the roles that have them. */
@NullMarked
package dev.trainyard.gateway.permission;

import org.jspecify.annotations.NullMarked;
