package dev.trainyard.message;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnknownProducerIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedForMessageFormatException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/**
 * Distinguishes a record that Kafka always refuses from an unavailable broker, for which the sender waits and which
 * counts against no record.
 */
public final class SendErrors {
    private SendErrors() {}

    /** Returns true if {@code failure} concerns only that record or its topic. */
    public static boolean isRecordError(Throwable failure) {
        Throwable cause = unwrap(failure);
        if (cause instanceof org.apache.kafka.common.errors.TimeoutException timeout) {
            // the broker responded, but has no such topic
            return timeout.getCause() instanceof UnknownTopicOrPartitionException;
        }
        if (cause instanceof SerializationException || cause instanceof IllegalArgumentException) {
            return true; // it was not sent, for example because the topic has no such partition
        }
        return cause instanceof ApiException && !(cause instanceof RetriableException) && !isProducerError(cause);
    }

    /**
     * Returns true if an error accepted by {@link #isRecordError} may concern the whole topic, such as a missing
     * permission or topic: all records of the topic would fail.
     */
    public static boolean isTopicError(Throwable failure) {
        Throwable cause = unwrap(failure);
        return isRecordError(failure)
                && !(cause instanceof RecordTooLargeException
                        || cause instanceof RecordBatchTooLargeException
                        || cause instanceof InvalidRecordException
                        || cause instanceof InvalidTimestampException
                        || cause instanceof InvalidTopicException // a name that no topic can have
                        || cause instanceof PolicyViolationException
                        || cause instanceof UnsupportedForMessageFormatException
                        || cause instanceof SerializationException
                        || cause instanceof IllegalArgumentException);
    }

    /** Returns true if the producer cannot be used any more and must be replaced. */
    public static boolean isFatalForProducer(Throwable failure) {
        Throwable cause = unwrap(failure);
        return !(cause instanceof RetriableException)
                && !(cause instanceof InterruptException)
                && !isRecordError(cause);
    }

    /** The reason as a sentence for people. */
    public static String reason(Throwable failure) {
        Throwable cause = unwrap(failure);
        return MalformedMessageException.cut("%s: %s".formatted(cause.getClass().getSimpleName(), cause.getMessage()));
    }

    /** Every record of this producer would fail in the same way. */
    private static boolean isProducerError(Throwable cause) {
        return cause instanceof AuthenticationException
                || cause instanceof ClusterAuthorizationException
                || cause instanceof TransactionalIdAuthorizationException
                || cause instanceof UnsupportedVersionException
                || cause instanceof OutOfOrderSequenceException
                || cause instanceof UnknownProducerIdException
                || cause instanceof ProducerFencedException
                || cause instanceof FencedInstanceIdException
                || cause instanceof InterruptException;
    }

    private static Throwable unwrap(Throwable failure) {
        return failure instanceof ExecutionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
