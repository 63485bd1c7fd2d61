/** Networks as ordered lists of layers. */
package dev.trainyard.network;
