/** The platform on one machine: start order, data folder, ports and registry. */
package dev.trainyard.standalone.platform;
