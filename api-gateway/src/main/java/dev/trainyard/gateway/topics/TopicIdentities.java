package dev.trainyard.gateway.topics;

import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** The ids that Kafka gave to the topics, by which one that was deleted and created again is noticed. */
@Singleton
public class TopicIdentities {
    private final Jdbi jdbi;

    public TopicIdentities(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** Topics of {@code present} that are stored with another id. */
    public Set<String> recreated(Map<String, UUID> present) {
        Map<String, UUID> stored = new TreeMap<>();
        jdbi.useHandle(handle -> handle.createQuery("select topic, topic_id from topic_identity")
                .map((rs, context) -> stored.put(rs.getString(1), rs.getObject(2, UUID.class)))
                .list());
        Set<String> recreated = new TreeSet<>(present.keySet());
        recreated.removeIf(
                topic -> stored.getOrDefault(topic, id(present, topic)).equals(id(present, topic)));
        return recreated;
    }

    private static UUID id(Map<String, UUID> ids, String topic) {
        return Objects.requireNonNull(ids.get(topic));
    }

    /** Stores the ids of {@code present}. */
    public void store(Map<String, UUID> present) {
        jdbi.useTransaction(handle -> new TreeMap<>(present).forEach((topic, id) -> handle.createUpdate("""
                        insert into topic_identity (topic, topic_id) values (:topic, :id)
                        on conflict (topic) do update set topic_id = excluded.topic_id, noticed_at = now()
                            where topic_identity.topic_id <> excluded.topic_id
                        """)
                .bind("topic", topic)
                .bind("id", id)
                .execute()));
    }
}
