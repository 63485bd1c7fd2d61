package dev.trainyard.artifact.s3;

import dev.trainyard.artifact.StorageRefusedException;
import dev.trainyard.artifact.StorageUnavailableException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;

/** Converts errors of the S3 client to those of the artifact store. */
final class S3Errors {
    static final int MISSING = 404;
    static final int CONFLICT = 409;
    static final int EXISTS = 412;
    /** Answer of some services in place of {@link #EXISTS}. */
    static final int UNCHANGED = 304;

    private static final int REDIRECTED = 301;
    private static final int REFUSED = 403;
    private static final int INVALID = 400;
    private static final int TOO_MANY = 429;
    private static final int SERVER_ERRORS = 500;
    /** Codes of other status classes that a retry may cure, as when credentials are being renewed. */
    private static final Set<String> TRANSIENT_CODES = Set.of("ExpiredToken", "RequestTimeout");

    private static final Set<String> CHANGED_CODES = Set.of("BadDigest", "XAmzContentSHA256Mismatch");

    private final S3Location location;

    S3Errors(S3Location location) {
        this.location = location;
    }

    /** @param path of the artifact; the location for other operations */
    <T> T call(String path, Supplier<T> request) throws IOException {
        try {
            return request.get();
        } catch (SdkException e) {
            throw of(path, e);
        }
    }

    IOException of(String path, SdkException e) {
        if (e instanceof AbortedException) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted at " + path);
            interrupted.initCause(e);
            return interrupted;
        }
        if (e instanceof AwsServiceException answer) {
            return of(path, answer);
        }
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof UncheckedIOException local) {
                return Objects.requireNonNull(local.getCause()); // of a local file
            }
        }
        String message = String.valueOf(e.getMessage());
        if (message.contains("Unable to load credentials")) {
            return new StorageRefusedException(
                    "there are no credentials for the artifact store %s. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the process a role."
                            .formatted(location),
                    e);
        }
        if (message.contains("Unable to load region")) {
            return new StorageRefusedException(
                    "the artifact store %s needs a region. Set TRAINYARD_ARTIFACTS_S3_REGION or AWS_REGION."
                            .formatted(location),
                    e);
        }
        return new StorageUnavailableException(
                "the artifact store %s does not answer: %s".formatted(location, rootMessage(e)), e);
    }

    /** Returns true if the bytes that arrived are not those that were sent. */
    static boolean isChanged(AwsServiceException e) {
        return e.statusCode() == INVALID
                && (CHANGED_CODES.contains(code(e))
                        || String.valueOf(e.getMessage()).contains("x-amz-checksum"));
    }

    private IOException of(String path, AwsServiceException e) {
        int status = e.statusCode();
        String code = code(e);
        if (status == MISSING && code.equals("NoSuchBucket")) {
            return noBucket(e);
        }
        if (status == MISSING) {
            return new NoSuchFileException(path);
        }
        if (status >= SERVER_ERRORS
                || status == TOO_MANY
                || status == CONFLICT
                || TRANSIENT_CODES.contains(code)
                || isChanged(e)) {
            return new StorageUnavailableException(
                    "the artifact store %s answers %d %s".formatted(location, status, code), e);
        }
        if (status == REFUSED) {
            return new StorageRefusedException(
                    "access to the artifact store %s is denied (%s). Check the credentials, and that they allow s3:ListBucket on the bucket and s3:GetObject, s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload on %s*."
                            .formatted(location, code, location),
                    e);
        }
        if (status == REDIRECTED || status == INVALID && code.startsWith("AuthorizationHeader")) {
            return new StorageRefusedException(
                    "the bucket of the artifact store %s is in another region (%s). Set TRAINYARD_ARTIFACTS_S3_REGION to the bucket's."
                            .formatted(location, code),
                    e);
        }
        return new IOException(
                "the artifact store %s refuses %s: %d %s".formatted(location, path, status, rootMessage(e)), e);
    }

    StorageRefusedException noBucket(SdkException e) {
        return new StorageRefusedException(
                "the bucket %s of the artifact store %s does not exist. Create it, or correct TRAINYARD_ARTIFACTS_URI, TRAINYARD_ARTIFACTS_S3_ENDPOINT and TRAINYARD_ARTIFACTS_S3_REGION."
                        .formatted(location.bucket(), location),
                e);
    }

    private static String code(AwsServiceException e) {
        String code = e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorCode();
        return code == null ? "without a reason" : code;
    }

    private static String rootMessage(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
