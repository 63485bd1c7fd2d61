/** Parsing of settings that launcher, services and client share: secrets in files, durations, whole numbers. */
package dev.trainyard.settings;
