/** Commands for models, versions and aliases. */
package dev.trainyard.cli.models;
