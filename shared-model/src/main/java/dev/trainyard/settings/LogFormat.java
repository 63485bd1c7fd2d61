package dev.trainyard.settings;

/** Format of a service's log. */
public enum LogFormat {
    TEXT,
    JSON
}
