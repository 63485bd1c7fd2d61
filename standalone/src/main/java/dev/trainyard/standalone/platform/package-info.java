/** The platform on one machine: start order, data folder, ports and registry. */
@NullMarked
package dev.trainyard.standalone.platform;

import org.jspecify.annotations.NullMarked;
