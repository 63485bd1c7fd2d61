package dev.trainyard.message;

/** A message with a format version. */
public interface Versioned {
    /** Version written by this release. */
    int CURRENT = 1;
    /**
     * Newest version that this release reads: that of the next release. A message that older readers would
     * misinterpret is introduced two versions later, when every reader knows its version.
     */
    int NEWEST_READ = CURRENT + 1;

    int v();
}
