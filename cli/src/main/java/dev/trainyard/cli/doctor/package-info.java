/** Checks of this machine and of the gateway. */
package dev.trainyard.cli.doctor;
