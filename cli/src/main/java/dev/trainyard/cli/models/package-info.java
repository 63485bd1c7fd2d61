/** Commands for models, versions and aliases. */
@NullMarked
package dev.trainyard.cli.models;

import org.jspecify.annotations.NullMarked;
