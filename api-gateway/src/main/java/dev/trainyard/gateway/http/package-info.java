/** Rules for every HTTP request: hosts, origins, headers, bodies, connections and rates. */
package dev.trainyard.gateway.http;
