package dev.trainyard.gateway.access;

import dev.trainyard.gateway.audit.Actor;
import dev.trainyard.gateway.audit.AuditAction;
import dev.trainyard.gateway.audit.AuditLog;
import dev.trainyard.gateway.audit.AuditedChange;
import dev.trainyard.gateway.runtime.Transactions;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/** Sessions in the database. */
@Singleton
public class PageSessionStore {
    private static final String COLUMNS =
            "id_hash, csrf_hash, token_id, token_hash, subject, user_name, roles, tokens_until, sealed_tokens, expires_at, last_used_at";
    /** Longer than the call to the provider; afterwards another request may renew the session. */
    private static final Duration RENEWAL = Duration.ofSeconds(10);

    private final Jdbi background;
    private final Jdbi edge;

    PageSessionStore(Jdbi background, @Identifier(Transactions.EDGE) Jdbi edge) {
        this.background = background;
        this.edge = edge;
    }

    /**
     * Stores a session, and deletes the owner's oldest ones above {@code most}.
     *
     * @param project of the owner; null if there are several
     * @return the deleted ones
     */
    List<String> insert(PageSession session, Actor actor, @Nullable String project, int most) {
        return edge.inTransaction(handle -> {
            // one sign-in of an owner at a time, so that they count each other
            handle.createQuery("select 1 from pg_advisory_xact_lock(hashtextextended(:owner, 0))")
                    .bind("owner", "page_session " + session.owner().id())
                    .mapTo(Integer.class)
                    .one();
            bind(
                            handle.createUpdate("insert into page_session (" + COLUMNS
                                    + ") values (:id, :csrf, :token, :tokenHash, :subject, :name, :roles, :until, :sealed,"
                                    + " :expires, :used)"),
                            session.owner())
                    .bind("id", session.idHash())
                    .bind("csrf", session.csrfHash())
                    .bind("expires", utc(session.expiresAt()))
                    .bind("used", utc(session.lastUsedAt()))
                    .execute();
            AuditAction action = session.owner() instanceof SessionOwner.User
                    ? AuditAction.USER_SESSION_CREATE
                    : AuditAction.SESSION_CREATE;
            AuditLog.record(handle, new AuditedChange(action, session.owner().id(), project, Map.of()), actor);
            return deleteOldest(handle, session.owner(), most);
        });
    }

    private static Update bind(Update statement, SessionOwner owner) {
        SessionOwner.Token token = owner instanceof SessionOwner.Token found ? found : null;
        SessionOwner.User user = owner instanceof SessionOwner.User found ? found : null;
        return statement
                .bind("token", token == null ? null : token.id())
                .bind("tokenHash", token == null ? null : token.secretHash())
                .bind("subject", user == null ? null : user.id())
                .bind("name", user == null ? null : user.name())
                .bindByType("roles", user == null ? null : user.roles().toArray(String[]::new), String[].class)
                .bind("until", user == null ? null : utc(user.until()))
                .bind("sealed", user == null ? null : user.sealed());
    }

    private static List<String> deleteOldest(Handle handle, SessionOwner owner, int most) {
        return handle.createQuery("""
                        delete from page_session where id_hash in (
                            select id_hash from page_session where %s = :owner
                            order by created_at desc, last_used_at desc, id_hash offset :most)
                        returning id_hash
                        """.formatted(owner instanceof SessionOwner.User ? "subject" : "token_id"))
                .bind("owner", owner.id())
                .bind("most", most)
                .mapTo(String.class)
                .list();
    }

    /** Reserves the renewal of the tokens that end at {@code until}; returns false if another request renews them. */
    boolean reserveRenewal(String idHash, Instant until) {
        return edge.withHandle(handle -> handle.createUpdate("""
                                update page_session set renewing_until = now() + make_interval(secs => :limit)
                                where id_hash = :id and tokens_until = :until
                                    and (renewing_until is null or renewing_until < now())
                                """)
                        .bind("limit", RENEWAL.toSeconds())
                        .bind("id", idHash)
                        .bind("until", utc(until))
                        .execute()
                > 0);
    }

    /** Gives a reserved renewal up, so that the next request tries again. */
    void releaseRenewal(String idHash) {
        edge.useHandle(
                handle -> handle.execute("update page_session set renewing_until = null where id_hash = ?", idHash));
    }

    /** Stores renewed tokens; returns false if the session has ended. */
    boolean renew(String idHash, SessionOwner.User user) {
        return edge.withHandle(handle -> handle.createUpdate("""
                                update page_session set user_name = :name, roles = :roles, tokens_until = :until,
                                    sealed_tokens = :sealed, renewing_until = null
                                where id_hash = :id and subject = :subject
                                """)
                        .bind("id", idHash)
                        .bind("subject", user.id())
                        .bind("name", user.name())
                        .bindArray("roles", String.class, user.roles().toArray())
                        .bind("until", utc(user.until()))
                        .bind("sealed", user.sealed())
                        .execute()
                > 0);
    }

    Optional<PageSession> find(String idHash) {
        return edge.withHandle(
                handle -> handle.createQuery("select " + COLUMNS + " from page_session where id_hash = ?")
                        .bind(0, idHash)
                        .map(PageSessionStore::session)
                        .findOne());
    }

    /** Those of {@code idHashes} that have not been deleted. */
    List<PageSession> findAll(Collection<String> idHashes) {
        return background.withHandle(
                handle -> handle.createQuery("select " + COLUMNS + " from page_session where id_hash = any(:hashes)")
                        .bindArray("hashes", String.class, idHashes.toArray())
                        .map(PageSessionStore::session)
                        .list());
    }

    /** Returns the provider's tokens, encrypted; empty if there was no such session, or it was that of a token. */
    Optional<byte[]> delete(String idHash) {
        return edge.inTransaction(handle -> handle.createQuery(
                        "delete from page_session where id_hash = ? returning token_id, subject, sealed_tokens, "
                                + "(select project from access_token where id = token_id) as project")
                .bind(0, idHash)
                .map((row, context) -> {
                    String subject = row.getString("subject");
                    AuditLog.record(
                            handle,
                            subject == null
                                    ? new AuditedChange(
                                            AuditAction.SESSION_DELETE,
                                            row.getString("token_id"),
                                            row.getString("project"),
                                            Map.of())
                                    : AuditedChange.of(AuditAction.USER_SESSION_DELETE, subject));
                    return Optional.ofNullable(row.getBytes("sealed_tokens"));
                })
                .findOne()
                .flatMap(found -> found));
    }

    /** Deletes a session whose tokens the provider does not renew. */
    void end(String idHash) {
        edge.useHandle(handle -> handle.execute("delete from page_session where id_hash = ?", idHash));
    }

    void recordUses(Map<String, Instant> uses) {
        background.useTransaction(handle -> {
            PreparedBatch batch = handle.prepareBatch(
                    "update page_session set last_used_at = greatest(last_used_at, :at) where id_hash = :id");
            // in one order, so that two gateways do not wait for each other
            new TreeMap<>(uses)
                    .forEach(
                            (id, at) -> batch.bind("id", id).bind("at", utc(at)).add());
            batch.execute();
        });
    }

    /** Deletes at most {@code maxRows} sessions that have expired or were not used for {@code idle}. */
    public int deleteEnded(Duration idle, int maxRows) {
        return background.withHandle(handle -> handle.createUpdate("""
                        delete from page_session where id_hash in (
                            select id_hash from page_session
                            where expires_at < now() or last_used_at < now() - make_interval(secs => :idle)
                            limit :most)
                        """)
                .bind(
                        "idle",
                        idle.plus(SessionDirectory.USES_PERIOD.multipliedBy(2)).toSeconds())
                .bind("most", maxRows)
                .execute());
    }

    private static OffsetDateTime utc(Instant at) {
        return OffsetDateTime.ofInstant(at, ZoneOffset.UTC);
    }

    private static PageSession session(ResultSet row, StatementContext context) throws SQLException {
        return new PageSession(
                row.getString("id_hash"),
                row.getString("csrf_hash"),
                owner(row),
                time(row, "expires_at"),
                time(row, "last_used_at"));
    }

    private static SessionOwner owner(ResultSet row) throws SQLException {
        String subject = row.getString("subject");
        if (subject == null) {
            return new SessionOwner.Token(row.getString("token_id"), row.getBytes("token_hash"));
        }
        return new SessionOwner.User(
                subject,
                row.getString("user_name"),
                Set.of((String[]) row.getArray("roles").getArray()),
                time(row, "tokens_until"),
                row.getBytes("sealed_tokens"));
    }

    private static Instant time(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
