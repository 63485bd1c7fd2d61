/** Random faults on a running platform, and the check of every accepted job. */
@NullMarked
package dev.trainyard.system.chaos;

import org.jspecify.annotations.NullMarked;
