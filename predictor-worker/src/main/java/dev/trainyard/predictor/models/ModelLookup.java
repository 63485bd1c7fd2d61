package dev.trainyard.predictor.models;

import dev.trainyard.message.PredictReply.Unavailable;
import java.util.concurrent.CompletableFuture;

/** What there is to answer a request with. */
public sealed interface ModelLookup {

    /** A model in memory; to be closed after use. */
    final class Ready implements ModelLookup, AutoCloseable {
        private final ModelCache<LoadedModel>.Lease lease;

        Ready(ModelCache<LoadedModel>.Lease lease) {
            this.lease = lease;
        }

        public LoadedModel model() {
            return lease.model();
        }

        @Override
        public void close() {
            lease.close();
        }
    }

    /** The model is on its way; to be looked up again after {@code settled}, which may also mean that it cannot come. */
    record Loading(CompletableFuture<Void> settled) implements ModelLookup {}

    /** There is nothing to answer with, and why. */
    record NotAvailable(Unavailable why) implements ModelLookup {}
}
