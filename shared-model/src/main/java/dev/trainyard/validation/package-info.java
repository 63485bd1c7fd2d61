/** Strict reading of JSON fields, with all violations at once. */
package dev.trainyard.validation;
