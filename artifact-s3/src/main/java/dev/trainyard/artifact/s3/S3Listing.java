package dev.trainyard.artifact.s3;

import dev.trainyard.artifact.ArtifactListing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Lists objects by prefix, page by page. */
final class S3Listing implements ArtifactListing {
    private final S3Client client;
    private final S3Location location;
    private final S3Errors errors;

    S3Listing(S3Client client, S3Location location, S3Errors errors) {
        this.client = client;
        this.location = location;
        this.errors = errors;
    }

    /**
     * Reads one list of all objects, not one list for each folder, because each request costs. A store that does not
     * sort its lists splits folders, of which then only a part is known at a time.
     */
    @Override
    public void visitFolders(String folder, int atOnce, FolderBatch batch) throws IOException {
        List<Folder> complete = new ArrayList<>();
        String name = null;
        List<Stored> files = new ArrayList<>();
        Iterator<Stored> all = list(folder);
        while (true) {
            Stored next = next(all);
            String nextName = next == null ? null : child(folder, next.path());
            if (name != null && !name.equals(nextName)) {
                complete.add(new Folder(name, List.copyOf(files)));
                files.clear();
                if (complete.size() == atOnce || next == null) {
                    batch.accept(List.copyOf(complete));
                    complete.clear();
                }
            }
            if (next == null || nextName == null) {
                return;
            }
            name = nextName;
            files.add(next);
        }
    }

    private static String child(String folder, String path) {
        int start = folder.length() + 1;
        int end = path.indexOf('/', start);
        return path.substring(start, end < 0 ? path.length() : end);
    }

    @Override
    public List<Stored> files(String folder) throws IOException {
        List<Stored> found = new ArrayList<>();
        Iterator<Stored> all = list(folder);
        for (Stored file = next(all); file != null; file = next(all)) {
            found.add(file);
        }
        return found;
    }

    private Iterator<Stored> list(String folder) throws IOException {
        String prefix = folder.isEmpty() ? location.prefix() : location.key(folder) + "/";
        Iterator<S3Object> objects = errors.call(folder, () -> client.listObjectsV2Paginator(
                        list -> list.bucket(location.bucket()).prefix(prefix))
                .contents()
                .iterator());
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return objects.hasNext();
            }

            @Override
            public Stored next() {
                S3Object object = objects.next();
                return new Stored(location.path(object.key()), object.size(), object.lastModified());
            }
        };
    }

    /** Reads the next page where needed; null at the end. */
    private @Nullable Stored next(Iterator<Stored> all) throws IOException {
        try {
            return all.hasNext() ? all.next() : null;
        } catch (SdkException e) {
            throw errors.of("the list of files", e);
        }
    }

    /** The list may be old, so that the object itself is asked whether it was written again. */
    @Override
    public boolean delete(Stored file) throws IOException {
        String key = location.key(file.path());
        try {
            HeadObjectResponse head = client.headObject(
                    request -> request.bucket(location.bucket()).key(key));
            if (head.lastModified().getEpochSecond() != file.modifiedAt().getEpochSecond()) {
                return false; // of the list and of an object, times have different precision
            }
            client.deleteObject(request -> request.bucket(location.bucket()).key(key));
            return true;
        } catch (S3Exception e) {
            if (e.statusCode() == S3Errors.MISSING) {
                return false;
            }
            throw errors.of(file.path(), e);
        } catch (SdkException e) {
            throw errors.of(file.path(), e);
        }
    }

    @Override
    public void deleteEmptyFolders(String folder) {
        // S3 has no folders
    }
}
