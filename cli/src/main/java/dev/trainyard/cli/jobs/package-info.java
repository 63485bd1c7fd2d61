/** Commands that submit, list, watch and change training jobs. */
package dev.trainyard.cli.jobs;
