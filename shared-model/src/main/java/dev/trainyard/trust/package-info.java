/** Trust packs: calibration, prediction sets and outlier scores. */
package dev.trainyard.trust;
