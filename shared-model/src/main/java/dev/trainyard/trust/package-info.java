/** Trust packs: calibration, prediction sets and outlier scores. */
@NullMarked
package dev.trainyard.trust;

import org.jspecify.annotations.NullMarked;
