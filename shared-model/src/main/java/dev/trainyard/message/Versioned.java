package dev.trainyard.message;

/** A message that says which version of its form it has. */
public interface Versioned {
    /** What this release writes. */
    int CURRENT = 1;
    /**
     * The newest version that this release reads, that of the next release. A message that an older reader would
     * misunderstand is written two versions later, when every reader knows its version.
     */
    int NEWEST_READ = CURRENT + 1;

    int v();
}
