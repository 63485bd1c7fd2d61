package dev.trainyard.predictor.request;

import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.RequestedOutput;
import dev.trainyard.message.Versioned;
import io.opentelemetry.api.trace.Tracer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A prediction request.
 *
 * @param model name of the requested model
 * @param version requested version; null for the production version
 * @param deadline time after which the client no longer waits
 * @param replyPartition partition of the requesting gateway
 * @param output requested output
 * @param encoding format of {@code png}
 * @param png the client's bytes, unchecked
 * @param background true if no client waits for the reply
 * @param trace span of the request
 * @param unsupported parts that only a later release supports, for the error reply; null if everything is supported
 */
public record PredictRequest(
        UUID id,
        String model,
        @Nullable Integer version,
        Instant deadline,
        int replyPartition,
        RequestedOutput output,
        Encoding encoding,
        byte[] png,
        boolean background,
        RequestTrace trace,
        @Nullable String unsupported) {

    /** Image formats of requests. */
    public enum Encoding {
        PNG,
        /** See {@link PredictHeaders#FLOAT32}. */
        FLOAT32
    }

    /** A fully supported request that is not traced. */
    public PredictRequest(
            UUID id,
            String model,
            @Nullable Integer version,
            Instant deadline,
            int replyPartition,
            RequestedOutput output,
            Encoding encoding,
            byte[] png,
            boolean background) {
        this(id, model, version, deadline, replyPartition, output, encoding, png, background, RequestTrace.NONE, null);
    }

    /** A PNG request with a waiting client, for the production version. */
    public PredictRequest(
            UUID id, String model, Instant deadline, int replyPartition, RequestedOutput output, byte[] png) {
        this(id, model, null, deadline, replyPartition, output, Encoding.PNG, png, false);
    }

    /**
     * Parses a record.
     *
     * @param replyPartitions number of reply partitions
     * @throws MalformedMessageException if a header is missing or invalid
     */
    public static PredictRequest read(ConsumerRecord<byte[], byte[]> message, int replyPartitions, Tracer tracer)
            throws MalformedMessageException {
        try {
            int replyPartition = Integer.parseInt(header(message, PredictHeaders.REPLY_PARTITION));
            if (replyPartition < 0 || replyPartition >= replyPartitions) {
                throw new MalformedMessageException("%s is %d, there are %d partitions"
                        .formatted(PredictHeaders.REPLY_PARTITION, replyPartition, replyPartitions));
            }
            UnsupportedFeatures unsupported = UnsupportedFeatures.of(message);
            boolean anyVersion = message.headers().lastHeader(PredictHeaders.VERSION) == null;
            return new PredictRequest(
                    UUID.fromString(header(message, PredictHeaders.ID)),
                    header(message, PredictHeaders.MODEL),
                    anyVersion ? null : Integer.valueOf(header(message, PredictHeaders.VERSION)),
                    Instant.ofEpochMilli(Long.parseLong(header(message, PredictHeaders.DEADLINE))),
                    replyPartition,
                    output(message, unsupported),
                    encoding(message, unsupported),
                    message.value() == null ? new byte[0] : message.value(),
                    message.headers().lastHeader(PredictHeaders.BACKGROUND) != null,
                    RequestTrace.start(tracer, message),
                    unsupported.text());
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException("a header of the request is not readable: " + e.getMessage(), e);
        }
    }

    /** Features of a request that only a later release supports. */
    private record UnsupportedFeatures(int version, List<String> found) {
        static UnsupportedFeatures of(ConsumerRecord<byte[], byte[]> message) throws MalformedMessageException {
            boolean said = message.headers().lastHeader(PredictHeaders.V) != null;
            int version = said ? Integer.parseInt(header(message, PredictHeaders.V)) : Versioned.CURRENT;
            UnsupportedFeatures unsupported = new UnsupportedFeatures(version, new ArrayList<>());
            if (version > Versioned.NEWEST_READ) {
                unsupported.found.add("version %d, of %d to %d that are read here"
                        .formatted(version, Versioned.CURRENT, Versioned.NEWEST_READ));
            }
            return unsupported;
        }

        /** @throws MalformedMessageException if the request is of this release, where the value is invalid */
        void add(String header, String value) throws MalformedMessageException {
            if (version <= Versioned.CURRENT) {
                throw new MalformedMessageException("%s is %s, which is not known here".formatted(header, value));
            }
            found.add("%s %s".formatted(header, value));
        }

        @Nullable
        String text() {
            return found.isEmpty() ? null : String.join(", ", found);
        }
    }

    private static RequestedOutput output(ConsumerRecord<byte[], byte[]> message, UnsupportedFeatures unsupported)
            throws MalformedMessageException {
        if (message.headers().lastHeader(PredictHeaders.REQUESTED_OUTPUT) == null) {
            return RequestedOutput.PREDICTION;
        }
        String name = header(message, PredictHeaders.REQUESTED_OUTPUT);
        Optional<RequestedOutput> known = RequestedOutput.find(name);
        if (known.isEmpty()) {
            unsupported.add(PredictHeaders.REQUESTED_OUTPUT, name);
        }
        return known.orElse(RequestedOutput.PREDICTION);
    }

    private static Encoding encoding(ConsumerRecord<byte[], byte[]> message, UnsupportedFeatures unsupported)
            throws MalformedMessageException {
        if (message.headers().lastHeader(PredictHeaders.CONTENT_TYPE) == null) {
            return Encoding.PNG;
        }
        String contentType = header(message, PredictHeaders.CONTENT_TYPE);
        return switch (contentType) {
            case PredictHeaders.PNG -> Encoding.PNG;
            case PredictHeaders.FLOAT32 -> Encoding.FLOAT32;
            default -> {
                unsupported.add(PredictHeaders.CONTENT_TYPE, contentType);
                yield Encoding.PNG;
            }
        };
    }

    private static String header(ConsumerRecord<byte[], byte[]> message, String name) throws MalformedMessageException {
        Header header = message.headers().lastHeader(name);
        if (header == null || header.value() == null) {
            throw new MalformedMessageException("the request has no header " + name);
        }
        return new String(header.value(), StandardCharsets.UTF_8);
    }
}
