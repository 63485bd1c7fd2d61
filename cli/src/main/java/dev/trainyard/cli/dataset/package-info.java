/** Commands that convert, list and show datasets on this machine. */
package dev.trainyard.cli.dataset;
