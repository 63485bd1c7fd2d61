package dev.trainyard.gateway.drift;

/** @param name stored name of the model */
record VersionKey(String name, int version) implements Comparable<VersionKey> {
    @Override
    public int compareTo(VersionKey other) {
        int byName = name.compareTo(other.name);
        return byName != 0 ? byName : Integer.compare(version, other.version);
    }
}
