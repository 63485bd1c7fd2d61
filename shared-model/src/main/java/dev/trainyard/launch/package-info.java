/** The registry of platforms that run on this machine, shared by launcher and client. */
@NullMarked
package dev.trainyard.launch;

import org.jspecify.annotations.NullMarked;
