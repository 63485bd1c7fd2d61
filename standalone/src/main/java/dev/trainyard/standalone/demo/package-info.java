/** The demonstration that trains a network and predicts a digit. */
package dev.trainyard.standalone.demo;
