package dev.trainyard.artifact;

import java.io.IOException;
import java.time.Instant;
import java.util.List;

/**
 * Lists the files of a store to find those that can be deleted. A list may lag behind recent changes, so that it lacks
 * new files and still names deleted ones.
 */
public interface ArtifactListing {

    /** @param path relative to the store, with forward slashes */
    record Stored(String path, long size, Instant modifiedAt) {}

    /** Handles the files of some folders. */
    @FunctionalInterface
    interface FolderBatch {
        void accept(List<Folder> folders) throws IOException;
    }

    /** A folder and all files below it. */
    record Folder(String name, List<Stored> files) {}

    /** Lists the folders in {@code folder} with their files, in batches of at most {@code atOnce}. */
    void visitFolders(String folder, int atOnce, FolderBatch batch) throws IOException;

    /** All files below {@code folder}; empty if it does not exist. */
    List<Stored> files(String folder) throws IOException;

    /** Deletes a file. Returns false if it does not exist, or was written again since it was listed. */
    boolean delete(Stored file) throws IOException;

    /** Deletes {@code folder} and its subfolders where they are empty; nothing in a store without folders. */
    void deleteEmptyFolders(String folder) throws IOException;
}
