package dev.trainyard.gateway.models;

import dev.trainyard.gateway.runtime.Transactions;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;

/** Reads the routing table from the registry. */
@Singleton
class RoutingTableReader {
    private final Transactions transactions;
    private final ModelVersionRepository versions;
    private final ModelAliasRepository aliases;
    private final ModelRouteRepository routes;
    private final ModelRevisionRepository revision;

    RoutingTableReader(
            @Identifier(Transactions.EDGE) Transactions transactions,
            ModelVersionRepository versions,
            ModelAliasRepository aliases,
            ModelRouteRepository routes,
            ModelRevisionRepository revision) {
        this.transactions = transactions;
        this.versions = versions;
        this.aliases = aliases;
        this.routes = routes;
        this.revision = revision;
    }

    /** Reads the registry; returns {@code known} if it is up to date. */
    RoutingTable refresh(RoutingTable known) {
        return transactions.snapshot(() -> {
            long current = revision.current();
            return current == known.revision()
                    ? known
                    : RoutingTable.of(current, versions.numbers(), aliases.listAll(), routes.listAll());
        });
    }
}
