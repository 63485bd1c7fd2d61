package dev.trainyard.artifact.s3;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** One S3 server for all test classes of this module; it ends with the JVM. */
final class S3TestServer {
    static {
        // the SDK's default chain reads system properties first
        System.setProperty("aws.accessKeyId", "test");
        System.setProperty("aws.secretAccessKey", "test");
    }

    private static final class Holder {
        static final S3MockServer SERVER = start();
    }

    private S3TestServer() {}

    private static S3MockServer start() {
        try {
            return S3MockServer.start(
                    Files.createTempDirectory(Path.of("target"), "s3mock").toAbsolutePath());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    static URI endpoint() {
        return Holder.SERVER.endpoint();
    }

    /** Parts are as small as S3 allows. */
    static S3Options options(URI endpoint) {
        return new S3Options(
                Optional.of(endpoint),
                Optional.empty(),
                true,
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                Duration.ofSeconds(40),
                10,
                6 * 1024 * 1024,
                5 * 1024 * 1024);
    }
}
