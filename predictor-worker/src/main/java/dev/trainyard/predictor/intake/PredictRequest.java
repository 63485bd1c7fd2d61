package dev.trainyard.predictor.intake;

import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.RequestedOutput;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * A picture to classify.
 *
 * @param model name of the model that shall answer
 * @param version of it that shall answer; null for the one in production
 * @param deadline after which nobody waits for the reply
 * @param replyPartition where the gateway listens that asks
 * @param output what the reply shall hold
 * @param encoding what {@code png} holds
 * @param png the client's bytes, unchecked
 * @param background whether nobody waits for the reply
 * @param unsupported what of it only a later release knows, for the reply that says so; null where all is known
 */
public record PredictRequest(
        UUID id,
        String model,
        Integer version,
        Instant deadline,
        int replyPartition,
        RequestedOutput output,
        Encoding encoding,
        byte[] png,
        boolean background,
        String unsupported) {

    /** The forms that a picture comes in. */
    public enum Encoding {
        PNG,
        /** As {@link PredictHeaders#FLOAT32} says. */
        FLOAT32
    }

    /** A request of which all is known. */
    public PredictRequest(
            UUID id,
            String model,
            Integer version,
            Instant deadline,
            int replyPartition,
            RequestedOutput output,
            Encoding encoding,
            byte[] png,
            boolean background) {
        this(id, model, version, deadline, replyPartition, output, encoding, png, background, null);
    }

    /** A request that somebody waits for, of a PNG, to the version in production. */
    public PredictRequest(UUID id, String model, Instant deadline, int replyPartition, RequestedOutput output, byte[] png) {
        this(id, model, null, deadline, replyPartition, output, Encoding.PNG, png, false, null);
    }

    /**
     * Reads a record.
     *
     * @param replyPartitions number of partitions there are to reply on
     * @throws MalformedMessageException if a header is missing or not what it should be
     */
    public static PredictRequest read(ConsumerRecord<byte[], byte[]> message, int replyPartitions)
            throws MalformedMessageException {
        try {
            int replyPartition = Integer.parseInt(header(message, PredictHeaders.REPLY_PARTITION));
            if (replyPartition < 0 || replyPartition >= replyPartitions) {
                throw new MalformedMessageException("%s is %d, there are %d partitions"
                        .formatted(PredictHeaders.REPLY_PARTITION, replyPartition, replyPartitions));
            }
            UnsupportedParts unsupported = UnsupportedParts.of(message);
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
                    unsupported.text());
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException("a header of the request is not readable: " + e.getMessage(), e);
        }
    }

    /** What a request of a later release asks for that this one does not know. */
    private record UnsupportedParts(int version, List<String> found) {
        static UnsupportedParts of(ConsumerRecord<byte[], byte[]> message) throws MalformedMessageException {
            boolean said = message.headers().lastHeader(PredictHeaders.V) != null;
            int version = said ? Integer.parseInt(header(message, PredictHeaders.V)) : Versioned.CURRENT;
            UnsupportedParts unsupported = new UnsupportedParts(version, new ArrayList<>());
            if (version > Versioned.NEWEST_READ) {
                unsupported.found.add("version %d, of %d to %d that are read here"
                        .formatted(version, Versioned.CURRENT, Versioned.NEWEST_READ));
            }
            return unsupported;
        }

        /** @throws MalformedMessageException if the request is of this release, which has no such value */
        void add(String header, String value) throws MalformedMessageException {
            if (version <= Versioned.CURRENT) {
                throw new MalformedMessageException("%s is %s, which is not known here".formatted(header, value));
            }
            found.add("%s %s".formatted(header, value));
        }

        String text() {
            return found.isEmpty() ? null : String.join(", ", found);
        }
    }

    private static RequestedOutput output(ConsumerRecord<byte[], byte[]> message, UnsupportedParts unsupported)
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

    private static Encoding encoding(ConsumerRecord<byte[], byte[]> message, UnsupportedParts unsupported)
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
