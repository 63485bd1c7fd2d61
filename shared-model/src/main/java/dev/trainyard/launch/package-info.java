/** The registry of platforms that run on this machine, shared by launcher and client. */
package dev.trainyard.launch;
