/** Rules for every HTTP request: hosts, origins, headers, bodies, connections and rates. */
@NullMarked
package dev.trainyard.gateway.http;

import org.jspecify.annotations.NullMarked;
