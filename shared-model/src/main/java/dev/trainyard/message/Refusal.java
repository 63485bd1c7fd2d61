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
 * Tells a record that Kafka refuses, which is refused again and again, from a broker that is away, which is waited for
 * and held against no record.
 */
public final class Refusal {
    private Refusal() {}

    /** Whether {@code failure} of a send is about that record or its topic alone. */
    public static boolean isOfRecord(Throwable failure) {
        Throwable cause = unwrapped(failure);
        if (cause instanceof org.apache.kafka.common.errors.TimeoutException timeout) {
            // the broker answered, and has no such topic
            return timeout.getCause() instanceof UnknownTopicOrPartitionException;
        }
        if (cause instanceof SerializationException || cause instanceof IllegalArgumentException) {
            return true; // never reached the broker, as of a partition that the topic does not have
        }
        return cause instanceof ApiException && !(cause instanceof RetriableException) && !isOfProducer(cause);
    }

    /**
     * Of a failure that {@link #isOfRecord}, whether it may be about the whole topic, such as a missing right or a topic
     * that does not exist (yet): every record of the topic would meet with it, and none is to blame.
     */
    public static boolean isOfTopic(Throwable failure) {
        Throwable cause = unwrapped(failure);
        return isOfRecord(failure)
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

    /** Whether the producer itself is done for, so that only a new one can send. */
    public static boolean isOfProducerForGood(Throwable failure) {
        Throwable cause = unwrapped(failure);
        return !(cause instanceof RetriableException) && !(cause instanceof InterruptException) && !isOfRecord(cause);
    }

    /** In a sentence for people. */
    public static String reason(Throwable failure) {
        Throwable cause = unwrapped(failure);
        return MalformedMessageException.cut("%s: %s".formatted(cause.getClass().getSimpleName(), cause.getMessage()));
    }

    /** Every record of this producer would meet with the same. */
    private static boolean isOfProducer(Throwable cause) {
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

    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof ExecutionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
