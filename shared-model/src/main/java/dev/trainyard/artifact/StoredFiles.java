package dev.trainyard.artifact;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Lists the files of a {@link FileArtifactStore}. */
public final class StoredFiles implements ArtifactListing {
    private final Path root;

    public StoredFiles(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    @Override
    public void visitFolders(String folder, int atOnce, FolderBatch batch) throws IOException {
        List<Folder> found = new ArrayList<>();
        for (String child : children(folder)) {
            found.add(new Folder(child, files(folder + "/" + child)));
            if (found.size() == atOnce) {
                batch.accept(List.copyOf(found));
                found.clear();
            }
        }
        if (!found.isEmpty()) {
            batch.accept(found);
        }
    }

    /** Names of the entries in {@code folder}; empty if it does not exist. */
    private List<String> children(String folder) throws IOException {
        try (Stream<Path> children = Files.list(root.resolve(folder))) {
            return children.map(child -> child.getFileName().toString()).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    @Override
    public List<Stored> files(String folder) throws IOException {
        List<Stored> found = new ArrayList<>();
        Path start = root.resolve(folder);
        if (!Files.exists(start)) {
            return found;
        }
        Files.walkFileTree(start, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String path = root.relativize(file).toString().replace('\\', '/');
                found.add(new Stored(
                        path, attributes.size(), attributes.lastModifiedTime().toInstant()));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE; // deleted concurrently
                }
                throw e;
            }
        });
        return found;
    }

    @Override
    public boolean delete(Stored file) throws IOException {
        Path path = root.resolve(file.path());
        try {
            return Files.getLastModifiedTime(path).toInstant().equals(file.modifiedAt()) && Files.deleteIfExists(path);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Override
    public void deleteEmptyFolders(String folder) throws IOException {
        for (String child : children(folder)) {
            if (Files.isDirectory(root.resolve(folder).resolve(child))) {
                deleteEmptyFolders(folder + "/" + child);
            }
        }
        try {
            Files.deleteIfExists(root.resolve(folder));
        } catch (DirectoryNotEmptyException e) {
            // not empty
        }
    }
}
