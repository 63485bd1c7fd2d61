/** Studies, which search for good hyper-parameters with many trials. */
@NullMarked
package dev.trainyard.gateway.studies;

import org.jspecify.annotations.NullMarked;
