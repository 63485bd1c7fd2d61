package dev.trainyard.gateway.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.gateway.models.ModelChanges.ChangeResult;
import dev.trainyard.gateway.models.ModelChanges.DeletedModel;
import dev.trainyard.gateway.models.ModelChanges.DeletedVersion;
import dev.trainyard.gateway.models.ModelChanges.Done;
import dev.trainyard.gateway.models.ModelChanges.NoEarlierVersion;
import dev.trainyard.gateway.models.ModelChanges.UnknownAlias;
import dev.trainyard.gateway.models.ModelChanges.UnknownModel;
import dev.trainyard.gateway.models.ModelChanges.UnknownVersion;
import dev.trainyard.gateway.models.ModelChanges.VersionInUse;
import dev.trainyard.gateway.outbox.RecordedOutbox;
import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.job.PromotionPolicy;
import dev.trainyard.message.ModelActivation;
import dev.trainyard.message.ModelQuarantine;
import dev.trainyard.message.ModelVersion;
import dev.trainyard.message.Topics;
import dev.trainyard.message.WireJson;
import dev.trainyard.standalone.testing.PlatformResource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of models on a real PostgreSQL. */
@QuarkusTest
@TestProfile(RegistryProfile.class)
@QuarkusTestResource(PlatformResource.class)
class ModelChangesTest {
    private static final String PRODUCTION = Alias.PRODUCTION;

    @TempDir
    Path dir;

    /** Unique for each test, because tests share the database. */
    private final String model = "M-" + UUID.randomUUID();

    private FileArtifactStore artifacts;
    private ModelPublisher published;

    @Inject
    Jdbi jdbi;

    @Inject
    ModelRegistry registry;

    @Inject
    ModelChanges changes;

    @Inject
    ModelQueries queries;

    @Inject
    Transactions transactions;

    @Inject
    ModelVersionRepository versions;

    @Inject
    BundledModel bundled;

    private RecordedOutbox outbox;

    @BeforeEach
    void start() {
        outbox = RecordedOutbox.start(jdbi);
        artifacts = new FileArtifactStore(dir);
        published = new ModelPublisher(registry, artifacts);
    }

    /** Deletes the files in this test's folder. */
    private void sweepFiles() {
        new ModelFileCleaner(transactions, versions, artifacts).sweep();
    }

    @Test
    void aTrainingIsPromotedAsConfigured() {
        assertThat(published.version(model, 0.5, PromotionPolicy.NEVER)).isEqualTo(1);
        assertThat(pointer(PRODUCTION)).isEmpty();
        published.version(model, 0.5, PromotionPolicy.AUTO);
        assertThat(pointer(PRODUCTION)).contains(2);
        published.version(model, 0.4, PromotionPolicy.AUTO);
        assertThat(pointer(PRODUCTION)).contains(2);
        published.version(model, 0.4, PromotionPolicy.ALWAYS);
        assertThat(pointer(PRODUCTION)).contains(4);
    }

    @Test
    void anAliasPointsWhereItIsSetAndRepeatingItChangesNothing() {
        published.versions(model, 3);
        assertThat(changes.setAlias(model, "canary", 2)).isEqualTo(new Done());
        assertThat(changes.setAlias(model, "canary", 2)).isEqualTo(new Done());
        assertThat(changes.promote(model, 3, PRODUCTION)).isEqualTo(new Done());

        assertThat(pointer("canary")).contains(2);
        assertThat(pointer(PRODUCTION)).contains(3);
        assertThat(moves())
                .containsExactly("production 1>3 promoted", "canary null>2 set", "production null>1 published");
        assertThat(queries.find(model, 3).orElseThrow().isActive()).isTrue();
        assertThat(queries.find(model, 1).orElseThrow().isActive()).isFalse();
    }

    @Test
    void unknownModelsVersionsAndAliasesAreReported() {
        published.versions(model, 1);
        assertThat(changes.setAlias("nothing", "canary", 1)).isEqualTo(new UnknownModel());
        assertThat(changes.setAlias(model, "canary", 2)).isEqualTo(new UnknownVersion());
        assertThat(changes.removeAlias(model, "canary")).isEqualTo(new UnknownAlias());
        assertThat(changes.rollBack(model, "canary")).isEqualTo(new UnknownAlias());
        assertThat(changes.delete(model, 2)).isEqualTo(new UnknownVersion());
        assertThat(changes.deleteModel("nothing")).isEqualTo(new UnknownModel());
        assertThat(changes.releaseQuarantine("nothing", 1, sha256 -> {})).isEqualTo(new UnknownModel());
        assertThat(changes.releaseQuarantine(model, 2, sha256 -> {})).isEqualTo(new UnknownVersion());
    }

    @Test
    void eachRollbackGoesOneVersionBack() {
        published.versions(model, 4);
        promote(2, 3);
        assertThat(rollBack()).contains(2);
        assertThat(rollBack()).contains(1);
        assertThat(changes.rollBack(model, PRODUCTION)).isEqualTo(new NoEarlierVersion(1));

        promote(4);
        assertThat(rollBack())
                .as("a rollback does not return to the abandoned version")
                .contains(1);
        promote(2, 1, 2);
        assertThat(rollBack()).contains(1);
        assertThat(rollBack()).contains(2);
        assertThat(rollBack()).contains(1);
    }

    @Test
    void rollbackSkipsDeletedVersions() {
        published.versions(model, 3);
        promote(2, 3);
        assertThat(changes.delete(model, 2)).isEqualTo(new Done());
        assertThat(rollBack()).contains(1);

        promote(3, 1, 3, 1);
        assertThat(rollBack()).contains(3);
        promote(1);
        assertThat(changes.delete(model, 3)).isEqualTo(new Done());
        assertThat(changes.rollBack(model, PRODUCTION)).isEqualTo(new NoEarlierVersion(1));
    }

    @Test
    void aDeletedAliasStartsWithoutHistory() {
        published.versions(model, 2);
        changes.setAlias(model, "canary", 1);
        assertThat(changes.removeAlias(model, "canary")).isEqualTo(new Done());
        assertThat(changes.removeAlias(model, "canary")).as("again").isEqualTo(new Done());
        assertThat(pointer("canary")).isEmpty();
        changes.setAlias(model, "canary", 2);
        assertThat(changes.rollBack(model, "canary")).isEqualTo(new NoEarlierVersion(2));
    }

    @Test
    void aVersionWithoutAliasesIsDeletedAndItsNumberIsNotReused() throws Exception {
        published.versions(model, 2);
        changes.setAlias(model, "canary", 2);
        changes.setAlias(model, "best", 2);
        assertThat(changes.delete(model, 2)).isEqualTo(new VersionInUse(List.of("best", "canary")));
        changes.removeAlias(model, "best");
        changes.setAlias(model, "canary", 1);
        ArtifactRef onnx = queries.find(model, 2).orElseThrow().onnx();
        Path metadata = dir.resolve(onnx.path()).resolveSibling("model.json");
        java.nio.file.Files.writeString(metadata, "{}");

        assertThat(changes.delete(model, 2)).isEqualTo(new Done());
        assertThat(changes.delete(model, 2)).as("again").isEqualTo(new Done());
        sweepFiles();

        assertThat(dir.resolve(onnx.path())).doesNotExist();
        assertThat(metadata).doesNotExist();
        assertThat(queries.find(model, 2).orElseThrow().deletedAt()).isNotNull();
        assertThat(queries.list(model, 10).versions())
                .extracting(ModelQueries.Version::version)
                .containsExactly(1);
        assertThat(changes.promote(model, 2, PRODUCTION)).isEqualTo(new DeletedVersion());
        assertThat(published.version(model, 0.9, PromotionPolicy.NEVER)).isEqualTo(3);
    }

    @Test
    void versionsOfAllModelsAreListedNewestFirst() throws Exception {
        List<String> models = List.of(model + "-b", model + "-a", model + "-c");
        List<String> published = new ArrayList<>();
        for (int version = 1; version <= 3; version++) {
            for (String name : models) {
                this.published.version(name, 0.9, PromotionPolicy.NEVER);
                published.add(0, name + " " + version);
            }
        }
        jdbi.useHandle(handle -> handle.execute(
                "update model_version set created_at = '2026-01-01' where name = ? and version = 1", models.get(2)));
        published.remove(models.get(2) + " 1");
        published.add(models.get(2) + " 1");
        changes.delete(models.get(1), 2);
        published.remove(models.get(1) + " 2");

        List<String> read = new ArrayList<>();
        ModelCursor after = null;
        do {
            ModelQueries.Page page = queries.list("default", null, ModelQueries.Order.NEWEST, 2, after);
            page.versions().forEach(version -> read.add(version.name() + " " + version.version()));
            after = page.next();
        } while (after != null);
        assertThat(read.stream().filter(version -> version.startsWith(model))).containsExactlyElementsOf(published);
        assertThat(read).doesNotHaveDuplicates();
        assertThat(queries.list("default", models.get(0), ModelQueries.Order.NEWEST, 10, null)
                        .versions())
                .extracting(ModelQueries.Version::version)
                .containsExactly(3, 2, 1);
    }

    @Test
    void aFileOfAnotherVersionIsNotDeleted() throws Exception {
        ArtifactRef shared = artifacts.write("test/%s/model.onnx".formatted(model), new byte[] {1});
        for (int i = 0; i < 3; i++) {
            published.version(model, 0.9, i == 0 ? PromotionPolicy.ALWAYS : PromotionPolicy.NEVER);
        }
        published.version(model, 0.9, PromotionPolicy.NEVER, shared);
        published.version(model, 0.9, PromotionPolicy.NEVER, shared);
        changes.delete(model, 4);
        sweepFiles();
        assertThat(dir.resolve(shared.path())).exists();
        changes.delete(model, 5);
        sweepFiles();
        assertThat(dir.resolve(shared.path())).doesNotExist();
    }

    @Test
    void everyChangeIsAnnouncedToPredictors() throws Exception {
        published.versions(model, 2);
        assertThat(sent(Topics.MODEL_VERSIONS)).containsExactly(model + "/1 warm", model + "/2 cold");
        assertThat(sent(Topics.MODELS)).containsExactly(model + " 1");
        outbox.clear();

        changes.promote(model, 2, PRODUCTION);
        assertThat(sent(Topics.MODEL_VERSIONS)).containsExactly(model + "/1 cold", model + "/2 warm");
        assertThat(sent(Topics.MODELS)).containsExactly(model + " 2");
        outbox.clear();

        changes.setAlias(model, "canary", 1);
        assertThat(sent(Topics.MODEL_VERSIONS)).containsExactly(model + "/1 warm");
        assertThat(sent(Topics.MODELS)).isEmpty();
        changes.removeAlias(model, "canary");
        outbox.clear();

        changes.delete(model, 1);
        assertThat(sent(Topics.MODEL_VERSIONS)).containsExactly(model + "/1 gone");
    }

    @Test
    void deletingProductionIsAnnouncedToPredictors() throws Exception {
        published.versions(model, 1);
        outbox.clear();

        assertThat(changes.removeAlias(model, PRODUCTION)).isEqualTo(new Done());

        assertThat(pointer(PRODUCTION)).isEmpty();
        assertThat(sent(Topics.MODELS)).containsExactly(model + " gone");
        assertThat(sent(Topics.MODEL_VERSIONS)).containsExactly(model + "/1 cold");
        assertThat(changes.delete(model, 1)).isEqualTo(new Done());
    }

    @Test
    void aDeletedModelKeepsOnlyItsLineage() throws Exception {
        published.versions(model, 3);
        changes.setAlias(model, "canary", 2);
        changes.setRoute(model, new Route(0.5, 0.5, "canary"));
        ArtifactRef onnx = queries.find(model, 1).orElseThrow().onnx();
        outbox.clear();

        assertThat(changes.deleteModel(model)).isEqualTo(new Done());
        sweepFiles();

        assertThat(sent(Topics.MODELS)).containsExactly(model + " gone");
        assertThat(sent(Topics.MODEL_VERSIONS)).endsWith(model + "/1 gone", model + "/2 gone", model + "/3 gone");
        assertThat(sent(Topics.MODEL_QUARANTINE, "")).contains(onnx.sha256() + " gone");
        ModelQueries.Model left = queries.find(model).orElseThrow();
        assertThat(left.aliases()).isEmpty();
        assertThat(left.versions()).isEmpty();
        assertThat(left.route()).isEqualTo(Route.NONE);
        assertThat(dir.resolve(onnx.path())).doesNotExist();
        assertThat(queries.find(model, 1).orElseThrow().deletedAt()).isNotNull();
        assertThat(changes.deleteModel(model)).as("again").isEqualTo(new Done());
        assertThat(changes.setRoute(model, new Route(0.5, 0.5, "canary"))).isEqualTo(new DeletedModel());

        outbox.clear();
        registry.announceAll();
        assertThat(sent(Topics.MODELS)).as("a broker may have lost it").contains(model + " gone");
    }

    @Test
    void publishingUnderADeletedNameRestoresTheModel() {
        published.versions(model, 2);
        changes.setRoute(model, new Route(0.5, 0, "canary"));
        changes.deleteModel(model);

        assertThat(published.version(model, 0.1, PromotionPolicy.AUTO)).isEqualTo(3);

        assertThat(pointer(PRODUCTION)).contains(3);
        assertThat(queries.find(model).orElseThrow().route()).isEqualTo(Route.NONE);
    }

    @Test
    void theDeletedBundledModelIsNotRestored() throws Exception {
        jdbi.useHandle(handle -> handle.execute("truncate model_alias, model_alias_move, model_version cascade"));
        BundledModel other = new BundledModel(artifacts, registry);
        other.install();
        String name = queries.list("default", null, ModelQueries.Order.NAME, 1, null)
                .versions()
                .get(0)
                .name();
        changes.deleteModel(name);
        sweepFiles();

        other.install();

        assertThat(queries.list(name, 10).versions()).isEmpty();
        try (var files = java.nio.file.Files.walk(dir)) {
            assertThat(files.filter(java.nio.file.Files::isRegularFile)).isEmpty();
        }
        // restores the state for other tests
        jdbi.useHandle(handle -> handle.execute("truncate model_alias, model_alias_move, model_version cascade"));
        bundled.install();
    }

    @Test
    void aQuarantineStaysWhileAVersionUsesTheFile() throws Exception {
        ArtifactRef shared = artifacts.write("test/%s/model.onnx".formatted(model), model.getBytes());
        published.version(model, 0.9, PromotionPolicy.ALWAYS);
        published.version(model, 0.9, PromotionPolicy.NEVER, shared);
        published.version(model, 0.9, PromotionPolicy.NEVER, shared);
        outbox.clear();
        changes.delete(model, 2);
        assertThat(sent(Topics.MODEL_QUARANTINE, "")).isEmpty();
        List<String> released = new ArrayList<>();
        assertThat(changes.releaseQuarantine(model, 3, released::add)).isEqualTo(new Done());
        assertThat(released).containsExactly(shared.sha256());
        assertThat(changes.releaseQuarantine(model, 2, released::add)).isEqualTo(new DeletedVersion());
        outbox.clear();
        changes.delete(model, 3);
        assertThat(sent(Topics.MODEL_QUARANTINE, "")).containsExactly(shared.sha256() + " gone");
    }

    @Test
    void aQuarantineWithoutAVersionIsReleased() throws Exception {
        published.versions(model, 1);
        String used = queries.find(model, 1).orElseThrow().onnx().sha256();
        outbox.clear();
        changes.releaseUnused(List.of(quarantine(used), quarantine("f".repeat(64))));
        assertThat(sent(Topics.MODEL_QUARANTINE, "")).containsExactly("f".repeat(64) + " gone");
    }

    private ModelQuarantine quarantine(String sha256) {
        return new ModelQuarantine(1, sha256, model, 1, "predictor-1", "SIGFPE", "load", java.time.Instant.now());
    }

    @Test
    void aConcurrentPromotionOrDeletionIsRejected() throws Exception {
        for (int round = 0; round < 20; round++) {
            String name = model + round;
            published.versions(name, 2);
            List<ChangeResult> outcomes =
                    together(() -> changes.delete(name, 2), () -> changes.promote(name, 2, PRODUCTION));
            assertThat(outcomes).containsOnlyOnce(new Done());
            boolean deleted = queries.find(name, 2).orElseThrow().deletedAt() != null;
            assertThat(pointer(name, PRODUCTION)).contains(deleted ? 1 : 2);
        }
    }

    @Test
    void changesOfManyGatewaysAreSerialised() throws Exception {
        published.versions(model, 9);
        List<ModelChange> promotions = new ArrayList<>();
        for (int version = 2; version <= 9; version++) {
            int number = version;
            promotions.add(() -> changes.promote(model, number, PRODUCTION));
        }
        assertThat(together(promotions.toArray(ModelChange[]::new))).containsOnly(new Done());

        List<ModelQueries.Move> moves = queries.find(model).orElseThrow().moves();
        assertThat(moves).hasSize(9);
        for (int i = 0; i + 1 < moves.size(); i++) {
            assertThat(moves.get(i).from()).isEqualTo(moves.get(i + 1).to());
        }
        Optional<Integer> last = pointer(PRODUCTION);
        assertThat(last).contains(moves.get(0).to());
        List<String> production = sent(Topics.MODELS);
        assertThat(production.get(production.size() - 1))
                .as("predictors receive the last change last")
                .isEqualTo(model + " " + last.get());
        for (int i = 0; i < 8; i++) {
            assertThat(changes.rollBack(model, PRODUCTION)).isEqualTo(new Done());
        }
        assertThat(pointer(PRODUCTION)).contains(1);
    }

    @Test
    void comparisonsOfTwoGatewaysAddUp() {
        ShadowComparisons one = new ShadowComparisons(jdbi, new SimpleMeterRegistry());
        ShadowComparisons other = new ShadowComparisons(jdbi, new SimpleMeterRegistry());
        for (int i = 0; i < 10; i++) {
            one.compared(model, 1, 2, i % 2 == 0);
            other.compared(model, 1, 2, true);
        }
        one.failed(model, 1, 2);
        one.compared(model, 3, 2, true);
        one.flush();
        other.flush();
        one.compared(model, 1, 2, false);
        one.flush();
        one.flush();

        assertThat(queries.comparisons(model))
                .extracting(c -> "%d/%d %d %d %d"
                        .formatted(c.version(), c.shadowVersion(), c.compared(), c.disagreed(), c.failed()))
                .containsExactly("3/2 1 0 0", "1/2 21 6 1");
    }

    private interface ModelChange {
        ChangeResult apply();
    }

    @Test
    void predictorsGetTheVariantAndClientsTheModel() throws Exception {
        ArtifactRef onnx = artifacts.write(model + "/model.onnx", new byte[] {1});
        ArtifactRef int8 = artifacts.write(model + "/model.int8.onnx", new byte[] {2});
        published.withVariant(model, onnx, int8);

        ModelActivation production = WireJson.read(value(Topics.MODELS, model), ModelActivation.class);
        assertThat(production.onnx()).isEqualTo(onnx);
        assertThat(production.served()).isEqualTo(int8);
        ModelVersion version =
                WireJson.read(value(Topics.MODEL_VERSIONS, ModelVersion.key(model, 1)), ModelVersion.class);
        assertThat(version.onnx()).isEqualTo(onnx);
        assertThat(version.served()).isEqualTo(int8);
        assertThat(queries.find(model, 1).orElseThrow().onnx()).isEqualTo(onnx);

        published.version(model, 0.9, PromotionPolicy.ALWAYS);
        assertThat(WireJson.read(value(Topics.MODELS, model), ModelActivation.class)
                        .variant())
                .isNull();
    }

    @Test
    void theVariantIsDeletedWithTheModel() throws Exception {
        ArtifactRef onnx = artifacts.write(model + "/model.onnx", new byte[] {1});
        ArtifactRef int8 = artifacts.write(model + "/model.int8.onnx", new byte[] {2});
        published.withVariant(model, onnx, int8);
        published.version(model, 0.9, PromotionPolicy.ALWAYS);
        changes.delete(model, 1);
        sweepFiles();

        assertThat(dir.resolve(onnx.path())).doesNotExist();
        assertThat(dir.resolve(int8.path())).doesNotExist();
    }

    /** Returns the last message of a key. */
    private byte[] value(String topic, String key) {
        List<RecordedOutbox.Row> rows = outbox.rows(topic, key);
        return rows.get(rows.size() - 1).value();
    }

    private static List<ChangeResult> together(ModelChange... changes) throws Exception {
        CyclicBarrier start = new CyclicBarrier(changes.length);
        List<ChangeResult> outcomes = java.util.Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (ModelChange change : changes) {
            Thread thread = new Thread(() -> {
                try {
                    start.await();
                    outcomes.add(change.apply());
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(outcomes).hasSize(changes.length);
        return outcomes;
    }

    private void promote(int... versions) {
        for (int version : versions) {
            assertThat(changes.promote(model, version, PRODUCTION)).isEqualTo(new Done());
        }
    }

    private Optional<Integer> rollBack() {
        assertThat(changes.rollBack(model, PRODUCTION)).isEqualTo(new Done());
        return pointer(PRODUCTION);
    }

    private Optional<Integer> pointer(String alias) {
        return pointer(model, alias);
    }

    private Optional<Integer> pointer(String name, String alias) {
        return queries.find(name).orElseThrow().aliases().stream()
                .filter(pointer -> pointer.alias().equals(alias))
                .map(ModelQueries.Pointer::version)
                .findFirst();
    }

    private List<String> moves() {
        return queries.find(model).orElseThrow().moves().stream()
                .map(move -> "%s %s>%s %s".formatted(move.alias(), move.from(), move.to(), move.reason()))
                .toList();
    }

    /** Messages of this test's models, in order. */
    private List<String> sent(String topic) throws Exception {
        return sent(topic, model);
    }

    private List<String> sent(String topic, String prefix) throws Exception {
        List<String> sent = new ArrayList<>();
        for (RecordedOutbox.Row row : outbox.rows(topic, prefix)) {
            if (row.value() == null) {
                sent.add(row.key() + " gone");
            } else if (topic.equals(Topics.MODELS)) {
                sent.add(row.key() + " "
                        + WireJson.read(row.value(), ModelActivation.class).version());
            } else {
                sent.add(row.key()
                        + (WireJson.read(row.value(), ModelVersion.class).warm() ? " warm" : " cold"));
            }
        }
        return sent;
    }
}
