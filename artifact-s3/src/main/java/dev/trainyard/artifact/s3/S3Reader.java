package dev.trainyard.artifact.s3;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.DamagedArtifactException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Reads objects and checks them against their hashes. A connection that is cut within an object is tried again. */
final class S3Reader {
    private static final int BUFFER = 64 * 1024;

    private final S3Client client;
    private final S3Location location;
    private final S3Errors errors;

    S3Reader(S3Client client, S3Location location, S3Errors errors) {
        this.client = client;
        this.location = location;
        this.errors = errors;
    }

    /** @param bytes null if the object is longer than expected, which is not read because it may be huge */
    private record Content(byte @Nullable [] bytes, long size, String sha256) {}

    byte[] read(ArtifactRef ref) throws IOException {
        Content content = get(ref, body -> bytes(body, ref.size()));
        if (!content.sha256().equals(ref.sha256()) && content.size() == ref.size()) {
            content = get(ref, body -> bytes(body, ref.size())); // they may have changed on the way
        }
        byte[] bytes = content.bytes();
        if (bytes == null || !content.sha256().equals(ref.sha256())) {
            throw new DamagedArtifactException(ref, content.sha256(), content.size());
        }
        return bytes;
    }

    byte[] readUnchecked(String path, int most) throws IOException {
        byte[] bytes =
                get(new ArtifactRef(path, "", most), body -> bytes(body, most)).bytes();
        if (bytes == null) {
            throw new IOException("%s has more than %,d bytes".formatted(path, most));
        }
        return bytes;
    }

    private static Content bytes(AbortableInputStream body, long most) throws IOException {
        byte[] bytes = body.readNBytes((int) Math.min(most + 1, Integer.MAX_VALUE));
        if (bytes.length > most) {
            body.abort();
            return longer(bytes.length);
        }
        return new Content(bytes, bytes.length, HexFormat.of().formatHex(Sha256.of(bytes, 0, bytes.length)));
    }

    /** Reads an object into {@code target}, which is left incomplete if it throws. */
    void copy(ArtifactRef ref, Path target) throws IOException {
        Content content = get(ref, body -> copy(body, target));
        if (!content.sha256().equals(ref.sha256())) {
            throw new DamagedArtifactException(ref, content.sha256(), content.size());
        }
    }

    private static Content copy(AbortableInputStream body, Path target) throws IOException {
        MessageDigest digest = Sha256.digest();
        long size = 0;
        try (FileOutput out = new FileOutput(target)) {
            byte[] buffer = new byte[BUFFER];
            for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
                digest.update(buffer, 0, read);
                out.write(buffer, read);
                size += read;
            }
        }
        return new Content(new byte[0], size, HexFormat.of().formatHex(digest.digest()));
    }

    /** Tells errors of the local disk, which a retry does not cure, from those of the connection. */
    private static final class FileOutput implements AutoCloseable {
        private final OutputStream out;

        FileOutput(Path target) {
            try {
                out = Files.newOutputStream(target);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void write(byte[] bytes, int length) {
            try {
                out.write(bytes, 0, length);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            try {
                out.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static Content longer(long size) {
        return new Content(null, size, "another, as it is longer");
    }

    private Content get(ArtifactRef ref, BodyReader reader) throws IOException {
        String key = location.key(ref.path());
        GetObjectRequest request =
                GetObjectRequest.builder().bucket(location.bucket()).key(key).build();
        ResponseTransformer<GetObjectResponse, Content> transformer = (response, body) -> {
            Long length = response.contentLength(); // null if the service does not say
            if (length != null && length > ref.size()) {
                body.abort();
                return longer(length);
            }
            try {
                return reader.read(body);
            } catch (IOException e) {
                throw RetryableException.create("the connection was cut within " + ref.path(), e);
            }
        };
        return errors.call(ref.path(), () -> client.getObject(request, transformer));
    }

    @FunctionalInterface
    private interface BodyReader {
        Content read(AbortableInputStream body) throws IOException;
    }
}
