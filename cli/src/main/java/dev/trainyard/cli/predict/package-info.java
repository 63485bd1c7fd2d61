/** The command that predicts digits on pictures. */
package dev.trainyard.cli.predict;
