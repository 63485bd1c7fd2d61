/** Commands that submit, list, watch and change training jobs. */
@NullMarked
package dev.trainyard.cli.jobs;

import org.jspecify.annotations.NullMarked;
