/** Parsing of settings that launcher, services and client share: secrets in files, durations, whole numbers. */
@NullMarked
package dev.trainyard.settings;

import org.jspecify.annotations.NullMarked;
