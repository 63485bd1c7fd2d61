package dev.trainyard.predictor.models;

import dev.trainyard.message.PredictReply.Unavailable;
import java.util.concurrent.CompletableFuture;

/** Result of looking up the model for a request. */
public sealed interface ModelLookup {

    /** A loaded model; to be closed after use. */
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

    /**
     * The model is being loaded; to be looked up again after {@code settled}, which also completes if loading fails.
     */
    record Loading(CompletableFuture<Void> settled) implements ModelLookup {}

    /** The model is not available, with the reason. */
    record NotAvailable(Unavailable why) implements ModelLookup {}
}
