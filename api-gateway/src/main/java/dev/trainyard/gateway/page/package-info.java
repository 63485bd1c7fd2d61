/** Routes of the web page and its files. */
@NullMarked
package dev.trainyard.gateway.page;

import org.jspecify.annotations.NullMarked;
