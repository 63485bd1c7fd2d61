package dev.trainyard.predictor.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.artifact.ArtifactRef;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ModelCacheTest {
    private final ModelCache<Fake> cache = new ModelCache<>(100);

    @Test
    void theLeastRecentlyUsedModelIsEvicted() throws Exception {
        Fake first = put(1, 40, false);
        Fake second = put(2, 40, false);
        use(1);

        assertThat(cache.makeRoom(40)).isTrue();

        assertThat(second.closes).hasValue(1);
        assertThat(first.closes).hasValue(0);
        assertThat(cache.contains(file(1))).isTrue();
        assertThat(cache.acquire(file(2))).isEmpty();
        assertThat(cache.evictions()).isEqualTo(1);
        assertThat(cache.held()).isEqualTo(40);
    }

    @Test
    void onlyAsManyModelsAsNecessaryAreEvicted() throws Exception {
        put(1, 30, false);
        Fake second = put(2, 30, false);
        put(3, 30, false);

        assertThat(cache.makeRoom(10)).isTrue();
        assertThat(cache.size()).isEqualTo(3);
        assertThat(cache.makeRoom(20)).isTrue();
        assertThat(cache.size()).isEqualTo(2);
        assertThat(second.closes).hasValue(0);
    }

    @Test
    void aPinnedModelStaysAndModelsThatDoNotFitBesideItAreRejected() throws Exception {
        Fake pinned = put(1, 60, true);
        Fake other = put(2, 40, false);

        assertThat(cache.makeRoom(41)).isFalse();
        assertThat(other.closes)
                .as("no model is evicted for one that cannot fit")
                .hasValue(0);
        assertThat(cache.makeRoom(40)).isTrue();
        assertThat(other.closes).hasValue(1);
        assertThat(pinned.closes).hasValue(0);
    }

    @Test
    void aNewPinnedModelEvictsOnlyUnpinnedModels() {
        Fake pinned = put(1, 70, true);
        Fake other = put(2, 30, false);
        Fake larger = put(3, 70, true);

        assertThat(other.closes).hasValue(1);
        assertThat(pinned.closes).hasValue(0);
        assertThat(larger.closes).hasValue(0);
        assertThat(cache.held()).isEqualTo(140);

        cache.unpin(file(1));
        assertThat(pinned.closes)
                .as("memory above the limit is released when a model is unpinned")
                .hasValue(1);
    }

    @Test
    void aModelInUseIsClosedAndCountedUntilItsLastUse() throws Exception {
        Fake used = put(1, 60, false);
        ModelCache<Fake>.Lease lease = cache.acquire(file(1)).orElseThrow();
        ModelCache<Fake>.Lease again = cache.acquire(file(1)).orElseThrow();
        CompletableFuture<Boolean> room = CompletableFuture.supplyAsync(() -> makeRoom(60));
        await().until(() -> !cache.contains(file(1)));

        lease.close();
        lease.close();
        assertThat(used.closes).hasValue(0);
        assertThat(cache.held()).isEqualTo(60);
        assertThat(room).isNotDone();

        again.close();
        assertThat(room.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(used.closes).hasValue(1);
        assertThat(cache.held()).isZero();
    }

    @Test
    void aModelIsCachedOncePerFile() {
        Fake first = put(1, 40, false);
        Fake second = put(1, 40, true);

        assertThat(second.closes).hasValue(1);
        assertThat(cache.acquire(file(1)).orElseThrow().model()).isSameAs(first);
        assertThat(cache.pinnedBytes()).isEqualTo(40);
        assertThat(cache.held()).isEqualTo(40);
    }

    @Test
    void removedAndRemainingModelsAreClosedOnce() {
        Fake first = put(1, 10, true);
        Fake second = put(2, 10, false);
        ModelCache<Fake>.Lease lease = cache.acquire(file(2)).orElseThrow();
        cache.remove(file(1));
        cache.remove(file(1));
        cache.close();
        assertThat(second.closes).hasValue(0);
        lease.close();
        Fake late = put(3, 10, false);

        for (Fake one : List.of(first, second, late)) {
            assertThat(one.closes).hasValue(1);
        }
        assertThat(cache.held()).isZero();
    }

    @Test
    void withManyThreadsNoModelIsClosedInUseAndTheLimitHolds() throws Exception {
        AtomicLong most = new AtomicLong();
        AtomicInteger number = new AtomicInteger();
        List<Fake> all = new ArrayList<>();
        Thread loader = new Thread(() -> {
            while (number.get() < 2_000) {
                if (makeRoom(30)) {
                    Fake next = new Fake(30);
                    all.add(next);
                    cache.put(file(number.incrementAndGet()), next, false);
                    most.accumulateAndGet(cache.held(), Math::max);
                }
            }
        });
        AtomicInteger uses = new AtomicInteger();
        AtomicInteger broken = new AtomicInteger();
        List<Thread> users = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            users.add(new Thread(() -> {
                while (loader.isAlive()) {
                    cache.acquire(file(number.get())).ifPresent(lease -> {
                        if (lease.model().closes.get() > 0) {
                            broken.incrementAndGet();
                        }
                        Thread.yield();
                        if (lease.model().closes.get() > 0) {
                            broken.incrementAndGet();
                        }
                        lease.close();
                        uses.incrementAndGet();
                    });
                }
            }));
        }
        loader.start();
        users.forEach(Thread::start);
        loader.join();
        for (Thread user : users) {
            user.join();
        }
        cache.close();

        assertThat(broken).hasValue(0);
        assertThat(uses.get()).isPositive();
        assertThat(most.get()).isLessThanOrEqualTo(100);
        assertThat(all).hasSize(2_000).allMatch(one -> one.closes.get() == 1);
    }

    private boolean makeRoom(long bytes) {
        try {
            return cache.makeRoom(bytes);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Fake put(int version, long bytes, boolean pinned) {
        Fake model = new Fake(bytes);
        cache.put(file(version), model, pinned);
        return model;
    }

    private void use(int version) {
        cache.acquire(file(version)).orElseThrow().close();
    }

    private static ModelFile file(int version) {
        return new ModelFile("M", version, new ArtifactRef("m/" + version, "hash", 1));
    }

    private static final class Fake implements CachedModel {
        private final long bytes;
        private final AtomicInteger closes = new AtomicInteger();

        Fake(long bytes) {
            this.bytes = bytes;
        }

        @Override
        public long bytes() {
            return bytes;
        }

        @Override
        public void close() {
            closes.incrementAndGet();
        }
    }
}
