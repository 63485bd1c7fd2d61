package dev.trainyard.artifact.s3;

import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Builds S3 clients. */
final class S3Clients {
    private static final Duration FIRST_RETRY = Duration.ofMillis(50);
    private static final Duration LAST_RETRY = Duration.ofSeconds(5);
    private static final int CONNECTIONS = 64;
    /** Shorter than the idle time after which load balancers close connections. */
    private static final Duration IDLE = Duration.ofSeconds(20);

    private S3Clients() {}

    static S3Client of(S3Options options) {
        S3ClientBuilder builder = S3Client.builder()
                .httpClientBuilder(ApacheHttpClient.builder()
                        .connectionTimeout(options.connect())
                        .connectionAcquisitionTimeout(options.read())
                        .socketTimeout(options.read())
                        .connectionMaxIdleTime(IDLE)
                        .maxConnections(CONNECTIONS))
                .overrideConfiguration(configuration ->
                        configuration.apiCallTimeout(options.call()).retryStrategy(retries(options)))
                // each object has a SHA-256 of its own, sent with it and checked after reading
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .forcePathStyle(options.pathStyle());
        options.endpoint().ifPresent(builder::endpointOverride);
        region(options).ifPresent(builder::region);
        return builder.build();
    }

    /** Full jitter: the delay is random between 0 and the limit, which doubles each time. */
    private static StandardRetryStrategy retries(S3Options options) {
        return AwsRetryStrategy.standardRetryStrategy().toBuilder()
                .maxAttempts(options.attempts())
                .backoffStrategy(BackoffStrategy.exponentialDelay(FIRST_RETRY, LAST_RETRY))
                .throttlingBackoffStrategy(BackoffStrategy.exponentialDelay(FIRST_RETRY.multipliedBy(4), LAST_RETRY))
                // bounds retries of busy clients, but here few requests carry hours of work
                .circuitBreakerEnabled(false)
                .build();
    }

    /** Services other than AWS rarely have regions, but each request needs one. */
    private static Optional<Region> region(S3Options options) {
        if (options.region().isPresent()) {
            return options.region().map(Region::of);
        }
        if (options.endpoint().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new DefaultAwsRegionProviderChain().getRegion());
        } catch (SdkClientException e) {
            return Optional.of(Region.US_EAST_1);
        }
    }
}
