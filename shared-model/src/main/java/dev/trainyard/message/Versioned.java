package dev.trainyard.message;

/** A message that says which version of its form it has. */
public interface Versioned {
    int CURRENT = 1;

    int v();
}
