package dev.trainyard.gateway.drift;

import dev.trainyard.gateway.runtime.GatewaySettings;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** Windows of served images in the database. A window is closed once it holds enough images; the next one follows. */
@Singleton
public final class DriftWindows {
    /** A version whose row is gone, because its lineage was deleted, is not counted. */
    private static final String ADD = """
            insert into drift_window (name, version, closed_at, images, outliers, probability, classes, confidence, score, ink)
            select name, version, case when :images >= :full then now() end, :images, :outliers, :probability,
                :classes, :confidence, :score, :ink
            from model_version where name = :name and version = :version
            on conflict (name, version) where closed_at is null do update set
                updated_at = now(),
                closed_at = case when drift_window.images + excluded.images >= :full then now() end,
                images = drift_window.images + excluded.images,
                outliers = drift_window.outliers + excluded.outliers,
                probability = drift_window.probability + excluded.probability,
                classes = %s, confidence = %s, score = %s, ink = %s
            """.formatted(sum("classes"), sum("confidence"), sum("score"), sum("ink"));

    private final Jdbi jdbi;
    private final int full;

    @Inject
    DriftWindows(Jdbi jdbi, GatewaySettings settings) {
        this(jdbi, settings.drift().window());
    }

    /** @param full number of images after which a window is closed */
    DriftWindows(Jdbi jdbi, int full) {
        this.jdbi = jdbi;
        this.full = full;
    }

    /**
     * One window.
     *
     * @param closedAt null while images are added
     * @param probability sum over the accepted images
     */
    record Window(
            VersionKey of,
            Instant openedAt,
            @Nullable Instant closedAt,
            long images,
            long outliers,
            double probability,
            long[] classes,
            long[] confidence,
            long[] score,
            long[] ink) {

        private static Window read(ResultSet rs) throws SQLException {
            return new Window(
                    new VersionKey(rs.getString("name"), rs.getInt("version")),
                    Objects.requireNonNull(instant(rs, "opened_at")),
                    instant(rs, "closed_at"),
                    rs.getLong("images"),
                    rs.getLong("outliers"),
                    rs.getDouble("probability"),
                    longs(rs, "classes"),
                    longs(rs, "confidence"),
                    longs(rs, "score"),
                    longs(rs, "ink"));
        }

        private static @Nullable Instant instant(ResultSet rs, String column) throws SQLException {
            OffsetDateTime at = rs.getObject(column, OffsetDateTime.class);
            return at == null ? null : at.toInstant();
        }

        private static long[] longs(ResultSet rs, String column) throws SQLException {
            Long[] values = (Long[]) rs.getArray(column).getArray();
            long[] plain = new long[values.length];
            for (int i = 0; i < plain.length; i++) {
                plain[i] = values[i];
            }
            return plain;
        }
    }

    private static String sum(String column) {
        return ("(select array_agg(coalesce(a, 0) + coalesce(b, 0) order by place) "
                        + "from unnest(drift_window.%1$s, excluded.%1$s) with ordinality both_counts (a, b, place))")
                .formatted(column);
    }

    /** In the order of the keys, so that two gateways do not deadlock. */
    void add(Map<VersionKey, ImageCounts> counts) {
        jdbi.useTransaction(handle -> {
            PreparedBatch batch = handle.prepareBatch(ADD);
            counts.forEach((key, added) -> batch.bind("name", key.name())
                    .bind("version", key.version())
                    .bind("full", full)
                    .bind("images", added.images())
                    .bind("outliers", added.outliers())
                    .bind("probability", added.probability())
                    .bindArray("classes", Long.class, (Object[]) added.classes())
                    .bindArray("confidence", Long.class, (Object[]) added.confidence())
                    .bindArray("score", Long.class, (Object[]) added.score())
                    .bindArray("ink", Long.class, (Object[]) added.ink())
                    .add());
            batch.execute();
        });
    }

    /** The newest windows of a version, the newest first. */
    List<Window> newest(String name, int version, int most) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select * from drift_window where name = :name and version = :version order by id desc limit :most")
                .bind("name", name)
                .bind("version", version)
                .bind("most", most)
                .map((rs, context) -> Window.read(rs))
                .list());
    }

    /** The last closed window of each version that has served images within {@code age}. */
    List<Window> lastClosed(Duration age) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select distinct on (name, version) * from drift_window
                        where closed_at is not null and updated_at > now() - :age * interval '1 ms'
                        order by name, version, id desc
                        """)
                .bind("age", age.toMillis())
                .map((rs, context) -> Window.read(rs))
                .list());
    }

    /** Deletes up to {@code most} windows that have not been updated for {@code age}; returns their number. */
    public int deleteOld(Duration age, int most) {
        return jdbi.withHandle(handle -> handle.createUpdate("""
                        delete from drift_window where id in (select id from drift_window
                            where updated_at < now() - :age * interval '1 ms' limit :most)
                        """)
                .bind("age", age.toMillis())
                .bind("most", most)
                .execute());
    }
}
