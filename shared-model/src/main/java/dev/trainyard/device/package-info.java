/** Devices that train networks. */
@NullMarked
package dev.trainyard.device;

import org.jspecify.annotations.NullMarked;
