/** Strict reading of JSON fields, with all violations at once. */
@NullMarked
package dev.trainyard.validation;

import org.jspecify.annotations.NullMarked;
