package dev.trainyard.artifact.s3;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * How the S3 client connects.
 *
 * @param endpoint of a service other than AWS
 * @param region default: that of the environment
 * @param pathStyle puts the bucket into the path instead of the host name
 * @param connect time limit of a connection
 * @param read time limit of each read from a connection
 * @param call time limit of a request with all its attempts
 * @param attempts of each request
 * @param multipartAbove size from which an object is written in parts
 * @param part size of each part
 */
public record S3Options(
        Optional<URI> endpoint,
        Optional<String> region,
        boolean pathStyle,
        Duration connect,
        Duration read,
        Duration call,
        int attempts,
        long multipartAbove,
        int part) {}
