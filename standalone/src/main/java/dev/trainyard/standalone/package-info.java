/** Entry point of the launcher and its commands. */
package dev.trainyard.standalone;
