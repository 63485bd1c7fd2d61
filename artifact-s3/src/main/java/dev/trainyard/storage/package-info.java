/** Choice of the artifact store by settings. */
@NullMarked
package dev.trainyard.storage;

import org.jspecify.annotations.NullMarked;
