/** Projects separate the users of one platform: their names, weights and quotas. */
@NullMarked
package dev.trainyard.gateway.projects;

import org.jspecify.annotations.NullMarked;
