package dev.trainyard.artifact.s3;

import java.io.IOException;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * Bucket and prefix of a store.
 *
 * @param prefix empty, or ends with a slash
 */
public record S3Location(String bucket, String prefix) {
    public static final String SCHEME = "s3://";
    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

    /** @throws IllegalArgumentException if {@code uri} is not {@code s3://BUCKET} or {@code s3://BUCKET/PREFIX} */
    public static S3Location parse(String uri) {
        String rest = uri.startsWith(SCHEME) ? uri.substring(SCHEME.length()) : "";
        int slash = rest.indexOf('/');
        String bucket = slash < 0 ? rest : rest.substring(0, slash);
        String prefix = slash < 0 ? "" : rest.substring(slash + 1).replaceAll("/+$", "");
        if (!BUCKET.matcher(bucket).matches()) {
            throw new IllegalArgumentException(
                    "\"" + uri
                            + "\" must be s3://BUCKET or s3://BUCKET/PREFIX, with a bucket of 3 to 63 lower-case letters, digits, dots and dashes");
        }
        if (!prefix.isEmpty() && !isPlain(prefix)) {
            throw new IllegalArgumentException("the prefix in \"" + uri
                    + "\" must not contain empty parts, \".\", \"..\", \"?\", \"#\" or \"\\\"");
        }
        return new S3Location(bucket, prefix.isEmpty() ? "" : prefix + "/");
    }

    /** Returns the key of the artifact at {@code path}. */
    String key(String path) throws IOException {
        if (!isPlain(path)) {
            throw new IOException("artifact path leaves the store: " + path);
        }
        return prefix + path;
    }

    /** Returns the path of the artifact with {@code key}. */
    String path(String key) {
        return key.substring(prefix.length());
    }

    private static boolean isPlain(String path) {
        return path.chars().noneMatch(c -> c == '\\' || c == '?' || c == '#' || c < ' ')
                && Arrays.stream(path.split("/", -1))
                        .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
    }

    @Override
    public String toString() {
        return SCHEME + bucket + "/" + prefix;
    }
}
