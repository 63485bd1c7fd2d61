package dev.trainyard.gateway.predictions.async;

import java.security.SecureRandom;
import java.util.UUID;

/**
 * Ids of asynchronous predictions: UUIDs of version 7 (RFC 9562), while synchronous requests have version 4. So a
 * gateway knows from the id of a reply alone that it has to be stored in the database.
 */
final class AsyncPredictionId {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int VERSION = 7;

    private AsyncPredictionId() {}

    static UUID next() {
        long high = System.currentTimeMillis() << 16 | VERSION << 12 | RANDOM.nextInt(1 << 12);
        long low = RANDOM.nextLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    static boolean isValid(UUID id) {
        return id.version() == VERSION;
    }
}
