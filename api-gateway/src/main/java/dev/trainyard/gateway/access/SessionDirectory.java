package dev.trainyard.gateway.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.trainyard.gateway.runtime.GatewaySettings;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that this gateway has seen lately, in memory, so that their requests need no statement. {@link #refresh}
 * runs after each change and once a second; it forgets those that have been deleted.
 */
@Singleton
public class SessionDirectory {
    /** Period of {@link #flushUses}. */
    public static final Duration USES_PERIOD = Duration.ofMinutes(1);

    private static final int MOST_KNOWN = 10_000;
    private static final Duration KNOWN = Duration.ofMinutes(10);

    private final PageSessionStore store;
    private final Duration idle;
    private final Cache<String, PageSession> known = Caffeine.newBuilder()
            .maximumSize(MOST_KNOWN)
            .expireAfterAccess(KNOWN)
            .build();
    private final Map<String, Instant> uses = new ConcurrentHashMap<>();

    SessionDirectory(PageSessionStore store, GatewaySettings settings) {
        this.store = store;
        this.idle = settings.auth().session().idle();
    }

    /** The session if this gateway knows it; it may have ended, see {@link #use}. */
    @Nullable
    PageSession known(String idHash) {
        return known.getIfPresent(idHash);
    }

    /** Reads a session that is not {@link #known}. */
    Optional<PageSession> read(String idHash) {
        Optional<PageSession> found = store.find(idHash);
        found.ifPresent(this::add);
        return found;
    }

    void add(PageSession session) {
        known.put(session.idHash(), session);
    }

    /** Whether a session goes on, without using it; a renewed one may have other roles, so it does not go on as it was. */
    boolean goesOn(PageSession session) {
        PageSession now = known(session.idHash());
        return now != null
                && now.hasRolesOf(session)
                && !now.needsRenewal(Instant.now())
                && now.isValid(Instant.now(), uses.get(session.idHash()), idle);
    }

    void forget(String idHash) {
        known.invalidate(idHash);
        uses.remove(idHash);
    }

    /** Records that the session is used; returns false if it has ended. */
    boolean use(PageSession session) {
        Instant now = Instant.now();
        if (!session.isValid(now, uses.get(session.idHash()), idle)) {
            return false;
        }
        uses.put(session.idHash(), now);
        return true;
    }

    /** Reads the known sessions again and forgets those that have been deleted. */
    public void refresh() {
        Set<String> reading = Set.copyOf(known.asMap().keySet());
        if (reading.isEmpty()) {
            return;
        }
        Map<String, PageSession> found =
                store.findAll(reading).stream().collect(Collectors.toMap(PageSession::idHash, Function.identity()));
        reading.forEach(idHash -> {
            PageSession session = found.get(idHash);
            if (session == null) {
                forget(idHash);
            } else {
                known.asMap().replace(idHash, session);
            }
        });
    }

    /** Writes the uses since the last call, so that other gateways know them; those of a failed call are written again. */
    public void flushUses() {
        Map<String, Instant> writing = Map.copyOf(uses);
        if (!writing.isEmpty()) {
            store.recordUses(writing);
            refresh();
            writing.forEach(uses::remove);
        }
    }
}
