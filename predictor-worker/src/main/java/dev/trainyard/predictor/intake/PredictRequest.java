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
 * @param want what the reply shall hold
 * @param form what {@code png} holds
 * @param png the client's bytes, unchecked
 * @param aside whether nobody waits for the reply
 * @param notKnown what of it only a later release knows, for the reply that says so; null where all is known
 */
public record PredictRequest(
        UUID id,
        String model,
        Integer version,
        Instant deadline,
        int replyPartition,
        RequestedOutput want,
        Form form,
        byte[] png,
        boolean aside,
        String notKnown) {

    /** The forms that a picture comes in. */
    public enum Form {
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
            RequestedOutput want,
            Form form,
            byte[] png,
            boolean aside) {
        this(id, model, version, deadline, replyPartition, want, form, png, aside, null);
    }

    /** A request that somebody waits for, of a PNG, to the version in production. */
    public PredictRequest(UUID id, String model, Instant deadline, int replyPartition, RequestedOutput want, byte[] png) {
        this(id, model, null, deadline, replyPartition, want, Form.PNG, png, false, null);
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
            NotKnown notKnown = NotKnown.of(message);
            boolean anyVersion = message.headers().lastHeader(PredictHeaders.VERSION) == null;
            return new PredictRequest(
                    UUID.fromString(header(message, PredictHeaders.ID)),
                    header(message, PredictHeaders.MODEL),
                    anyVersion ? null : Integer.valueOf(header(message, PredictHeaders.VERSION)),
                    Instant.ofEpochMilli(Long.parseLong(header(message, PredictHeaders.DEADLINE))),
                    replyPartition,
                    want(message, notKnown),
                    form(message, notKnown),
                    message.value() == null ? new byte[0] : message.value(),
                    message.headers().lastHeader(PredictHeaders.ASIDE) != null,
                    notKnown.text());
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException("a header of the request is not readable: " + e.getMessage(), e);
        }
    }

    /** What a request of a later release asks for that this one does not know. */
    private record NotKnown(int version, List<String> found) {
        static NotKnown of(ConsumerRecord<byte[], byte[]> message) throws MalformedMessageException {
            boolean said = message.headers().lastHeader(PredictHeaders.V) != null;
            int version = said ? Integer.parseInt(header(message, PredictHeaders.V)) : Versioned.CURRENT;
            NotKnown notKnown = new NotKnown(version, new ArrayList<>());
            if (version > Versioned.NEWEST_READ) {
                notKnown.found.add("version %d, of %d to %d that are read here"
                        .formatted(version, Versioned.CURRENT, Versioned.NEWEST_READ));
            }
            return notKnown;
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

    private static RequestedOutput want(ConsumerRecord<byte[], byte[]> message, NotKnown notKnown)
            throws MalformedMessageException {
        if (message.headers().lastHeader(PredictHeaders.WANT) == null) {
            return RequestedOutput.PREDICTION;
        }
        String name = header(message, PredictHeaders.WANT);
        Optional<RequestedOutput> known = RequestedOutput.find(name);
        if (known.isEmpty()) {
            notKnown.add(PredictHeaders.WANT, name);
        }
        return known.orElse(RequestedOutput.PREDICTION);
    }

    private static Form form(ConsumerRecord<byte[], byte[]> message, NotKnown notKnown)
            throws MalformedMessageException {
        if (message.headers().lastHeader(PredictHeaders.CONTENT_TYPE) == null) {
            return Form.PNG;
        }
        String contentType = header(message, PredictHeaders.CONTENT_TYPE);
        return switch (contentType) {
            case PredictHeaders.PNG -> Form.PNG;
            case PredictHeaders.FLOAT32 -> Form.FLOAT32;
            default -> {
                notKnown.add(PredictHeaders.CONTENT_TYPE, contentType);
                yield Form.PNG;
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
