package dev.trainyard.gateway.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.gateway.models.ModelChanges.Done;
import dev.trainyard.job.PromotionPolicy;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * No sequence of changes leads to a state of a model that clients cannot leave. States are found by trying every sequence
 * up to a length on a model with two versions.
 */
@Tag("full")
@QuarkusTest
@TestProfile(RegistryProfile.class)
@QuarkusTestResource(PlatformResource.class)
class ModelStatesTest {
    private static final int LONGEST = 2;

    @Inject
    ModelRegistry registry;

    @Inject
    ModelChanges changes;

    @Inject
    ModelQueries queries;

    private ModelPublisher published;

    private interface Change {
        void of(String model);
    }

    private record Named(String name, Change change) {}

    @BeforeEach
    void publishWithoutFiles() {
        published = new ModelPublisher(registry, new NoFiles());
    }

    /** Files are not part of the states. */
    private static final class NoFiles implements ArtifactStore {
        @Override
        public ArtifactRef write(String path, byte[] bytes) {
            return new ArtifactRef(path, FileArtifactStore.sha256(bytes), bytes.length);
        }

        @Override
        public byte[] read(ArtifactRef ref) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void delete(String path) {
            throw new UnsupportedOperationException();
        }
    }

    private final List<Named> all = List.of(
            new Named("promote 2", model -> changes.promote(model, 2, Alias.PRODUCTION)),
            new Named("canary to 2", model -> changes.setAlias(model, Alias.CANARY, 2)),
            new Named("shadow to 1", model -> changes.setAlias(model, "shadow", 1)),
            new Named("route", model -> changes.setRoute(model, new Route(1, 1, "shadow"))),
            new Named("roll back", model -> changes.rollBack(model, Alias.PRODUCTION)),
            new Named("retire", model -> changes.removeAlias(model, Alias.PRODUCTION)),
            new Named("remove canary", model -> changes.removeAlias(model, Alias.CANARY)),
            new Named("delete 1", model -> changes.delete(model, 1)),
            new Named("delete 2", model -> changes.delete(model, 2)),
            new Named("delete all", model -> changes.deleteModel(model)),
            new Named("publish, never promoted", model -> published.version(model, 0.1, PromotionPolicy.NEVER)),
            new Named("publish, promoted if better", model -> published.version(model, 0.1, PromotionPolicy.AUTO)));

    @TestFactory
    List<DynamicTest> everyStateCanBeLeft() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Named first : all) {
            tests.add(DynamicTest.dynamicTest("after " + first.name(), () -> tryAll(List.of(first))));
        }
        return tests;
    }

    private void tryAll(List<Named> done) {
        exits(done);
        if (done.size() < LONGEST) {
            for (Named next : all) {
                List<Named> longer = new ArrayList<>(done);
                longer.add(next);
                tryAll(longer);
            }
        }
    }

    private void exits(List<Named> done) {
        String what = done.stream().map(Named::name).toList().toString();

        String promoted = model(done);
        queries.list(promoted, 10).versions().forEach(version -> {
            assertThat(changes.promote(promoted, version.version(), Alias.PRODUCTION))
                    .as(what)
                    .isEqualTo(new Done());
            assertThat(production(promoted)).as(what).containsExactly(version.version());
        });

        assertThat(changes.deleteModel(promoted)).as(what).isEqualTo(new Done());
        assertThat(queries.find(promoted).orElseThrow().aliases()).as(what).isEmpty();
        assertThat(queries.list(promoted, 10).versions()).as(what).isEmpty();
        int back = published.version(promoted, 0.1, PromotionPolicy.AUTO);
        assertThat(production(promoted)).as(what).containsExactly(back);
        assertThat(queries.find(promoted).orElseThrow().route()).as(what).isEqualTo(Route.NONE);

        String emptied = model(done);
        queries.find(emptied).orElseThrow().aliases().forEach(alias -> assertThat(
                        changes.removeAlias(emptied, alias.alias()))
                .as(what)
                .isEqualTo(new Done()));
        queries.list(emptied, 10).versions().forEach(version -> assertThat(changes.delete(emptied, version.version()))
                .as(what)
                .isEqualTo(new Done()));
        assertThat(queries.list(emptied, 10).versions()).as(what).isEmpty();
    }

    private String model(List<Named> done) {
        String model = "S-" + UUID.randomUUID();
        published.versions(model, 2);
        done.forEach(one -> one.change().of(model));
        return model;
    }

    private List<Integer> production(String model) {
        return queries.find(model).orElseThrow().aliases().stream()
                .filter(alias -> alias.alias().equals(Alias.PRODUCTION))
                .map(ModelQueries.Pointer::version)
                .toList();
    }
}
