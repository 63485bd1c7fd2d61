package dev.trainyard.gateway.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Selection of the version for a request. */
@QuarkusTest
@TestProfile(RegistryProfile.class)
@QuarkusTestResource(PlatformResource.class)
class ModelRouterTest {
    @TempDir
    Path dir;

    private final String model = "M-" + UUID.randomUUID();

    @Inject
    ModelRegistry registry;

    @Inject
    ModelChanges changes;

    @Inject
    ModelRouter routes;

    @Inject
    RoutingTableReader reader;

    @BeforeEach
    void publishThreeVersionsWithTheSecondAsCanary() {
        new ModelPublisher(registry, new FileArtifactStore(dir)).versions(model, 3);
        changes.setAlias(model, Alias.CANARY, 2);
        routes.refresh();
    }

    @Test
    void theNamedVersionIsSelected() {
        assertThat(choose(3, null)).isEqualTo(new ModelRouter.Target(model, 3, null, null));
        assertThat(choose(null, "canary")).isEqualTo(new ModelRouter.Target(model, 2, "canary", null));
        assertThat(choose(null, "production")).isEqualTo(new ModelRouter.Target(model, null, "production", null));
        assertThat(choose(null, null)).isEqualTo(new ModelRouter.Target(model, null, "production", null));
        assertThat(choose(null, "canary").isCanary(new ModelSelector(model, null, "canary")))
                .isFalse();
    }

    @Test
    void aSlowReadDoesNotReplaceANewerOne() throws Exception {
        CountDownLatch hasRead = new CountDownLatch(1);
        CountDownLatch mayReturn = new CountDownLatch(1);
        AtomicBoolean first = new AtomicBoolean(true);
        ModelRouter slow = new ModelRouter(known -> {
            RoutingTable read = reader.refresh(known);
            if (first.getAndSet(false)) {
                hasRead.countDown();
                await(mayReturn);
            }
            return read;
        });
        CompletableFuture<Void> slowRead = CompletableFuture.runAsync(slow::refresh);
        hasRead.await();
        changes.setAlias(model, Alias.CANARY, 3);
        slow.refresh();

        mayReturn.countDown();
        slowRead.join();

        assertThat(slow.select(new ModelSelector(model, null, "canary")))
                .contains(new ModelRouter.Target(model, 3, "canary", null));
    }

    private static void await(CountDownLatch event) {
        try {
            event.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void canaryAndShadowGetTheirShares() {
        route(0.25, 0.5, "canary");
        int canaries = 0;
        int shadowed = 0;
        for (int i = 0; i < 1_000; i++) {
            ModelRouter.Target target = choose(null, null);
            boolean canary = target.isCanary(new ModelSelector(model, null, null));
            canaries += canary ? 1 : 0;
            shadowed += target.shadow() != null ? 1 : 0;
            assertThat(target.shadow() == null ? 0 : target.shadow())
                    .as("no version is compared with itself")
                    .isNotEqualTo(canary ? 2 : 1);
            assertThat(target.alias()).isEqualTo(canary ? "canary" : "production");
        }
        assertThat(canaries).isBetween(245, 255);
        // of the others
        assertThat(shadowed).isBetween(365, 385);
    }

    @Test
    void aNamedVersionIsNeverShadowed() {
        route(1, 1, "canary");
        assertThat(choose(3, null).shadow()).isNull();
        assertThat(choose(null, "production")).isEqualTo(new ModelRouter.Target(model, null, "production", null));
    }

    @Test
    void withoutAliasThereIsNoCanaryAndNoShadow() {
        route(1, 1, "other");
        changes.removeAlias(model, "canary");
        routes.refresh();
        assertThat(choose(null, null)).isEqualTo(new ModelRouter.Target(model, null, "production", null));

        changes.setAlias(model, "other", 3);
        routes.refresh();
        assertThat(choose(null, null)).isEqualTo(new ModelRouter.Target(model, null, "production", 3));
    }

    @Test
    void aChangeIsKnownAfterTheNextRefresh() {
        assertThat(routes.select(new ModelSelector(model, null, "best"))).isEmpty();
        changes.setAlias(model, "best", 1);
        assertThat(routes.select(new ModelSelector(model, null, "best"))).isEmpty();
        routes.refresh();
        assertThat(choose(null, "best").version()).isEqualTo(1);
    }

    @Test
    void unknownSelectorsAreReportedWithAlternatives() {
        changes.delete(model, 3);
        routes.refresh();
        assertNotFound(
                new ModelSelector(model, 9, null), ProblemType.NOT_FOUND, "no version 9", "canary, production", "2, 1");
        assertNotFound(new ModelSelector(model, null, "best"), ProblemType.NOT_FOUND, "no alias best");
        assertNotFound(new ModelSelector(model, 3, null), ProblemType.GONE, "was deleted", "versions are 2, 1");
        assertNotFound(
                new ModelSelector("DogModel", null, null),
                ProblemType.NOT_FOUND,
                "no model DogModel",
                "the models are: ");
    }

    @Test
    void beforeTheFirstRefreshThePredictorsVersionIsUsed() {
        ModelRouter early = new ModelRouter(reader);
        assertThat(early.select(ModelSelector.ANY))
                .contains(new ModelRouter.Target("DigitModel", null, "production", null));
        assertThat(early.select(new ModelSelector(model, 1, null))).isEmpty();
    }

    @Test
    void invalidQueriesAreRejected() {
        for (String version : new String[] {"0", "-1", "x", "", "1.0", "99999999999"}) {
            assertInvalid(null, version, null, "?version");
        }
        for (String alias : new String[] {"", "Canary", "1st", "a b", "a".repeat(33)}) {
            assertInvalid(null, null, alias, "?alias");
        }
        assertInvalid(" ", null, null, "?model");
        assertInvalid(null, "1", "canary", "?alias");
        assertThat(ModelSelector.read("default", "M", "12", null)).isEqualTo(new ModelSelector("M", 12, null));
        assertThat(ModelSelector.read("default", null, null, null)).isEqualTo(ModelSelector.ANY);
    }

    private static void assertInvalid(String model, String version, String alias, String pointer) {
        assertThatThrownBy(() -> ModelSelector.read("default", model, version, alias))
                .isInstanceOfSatisfying(ProblemException.class, problem -> assertThat(problem.errors())
                        .singleElement()
                        .satisfies(error -> assertThat(error.pointer()).isEqualTo(pointer)));
    }

    private void assertNotFound(ModelSelector selector, ProblemType type, String... words) {
        assertThat(routes.select(selector)).isEmpty();
        ProblemException notFound = routes.notFound(selector);
        assertThat(notFound.type()).isEqualTo(type);
        assertThat(notFound.getMessage()).contains(words);
    }

    private void route(double canary, double shadow, String alias) {
        changes.setRoute(model, new Route(canary, shadow, alias));
        routes.refresh();
    }

    private ModelRouter.Target choose(Integer version, String alias) {
        return routes.select(new ModelSelector(model, version, alias)).orElseThrow();
    }
}
