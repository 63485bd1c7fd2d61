package dev.trainyard.gateway.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeletionCostsTest {
    private final Map<String, Integer> cluster = new HashMap<>();
    private final List<String> requests = new ArrayList<>();
    private final List<String> busy = new ArrayList<>();
    private long now = -5;
    private boolean refuses;
    private final DeletionCosts costs = costs();

    private DeletionCosts costs() {
        return new DeletionCosts(FakePods::new, () -> List.copyOf(busy), () -> now);
    }

    private final class FakePods implements TrainerPods {
        @Override
        public Map<String, Integer> costs() {
            requests.add("list");
            return Map.copyOf(cluster);
        }

        @Override
        public boolean setCost(String pod, int cost) {
            requests.add(pod + "=" + cost);
            if (refuses) {
                throw new KubernetesApiException("refused", null);
            }
            return cluster.computeIfPresent(pod, (name, old) -> cost) != null;
        }
    }

    @Test
    void onlyPodsOfBusyTrainersHaveACostAndOnlyChangesAreSent() {
        cluster.putAll(Map.of("trainer-a", 0, "trainer-b", 0));
        busy.add("trainer-a-1");
        costs.update();
        costs.update();
        assertThat(requests).containsExactly("list", "trainer-a=1000");

        busy.set(0, "trainer-b-1");
        costs.update();
        assertThat(cluster).isEqualTo(Map.of("trainer-a", 0, "trainer-b", 1000));
        busy.clear();
        costs.update();
        assertThat(cluster).isEqualTo(Map.of("trainer-a", 0, "trainer-b", 0));
    }

    @Test
    void aTrainerMayBeNamedAfterItsPodWithoutAProcessId() {
        cluster.putAll(Map.of("trainer-0", 0, "trainer", 0));
        busy.add("trainer-0");
        costs.update();
        assertThat(cluster).isEqualTo(Map.of("trainer-0", 1000, "trainer", 0));
    }

    @Test
    void aPodThatStartedSinceTheLastListIsFound() {
        costs.update();
        cluster.put("trainer-new", 0);
        busy.add("trainer-new-1");
        costs.update();
        assertThat(cluster).containsEntry("trainer-new", 1000);
    }

    @Test
    void trainersThatAreNoPodsAreIgnored() {
        busy.add("laptop-4711");
        costs.update();
        costs.update();
        assertThat(requests).containsExactly("list");
    }

    @Test
    void aPodThatIsGoneIsForgotten() {
        cluster.put("trainer-a", 0);
        costs.update();
        cluster.clear();
        busy.add("trainer-a-1");
        costs.update();
        costs.update();
        assertThat(requests).startsWith("list", "trainer-a=1000", "list").hasSize(3);
    }

    @Test
    void whatAnotherLeaderLeftBehindIsCorrected() {
        cluster.put("trainer-a", 1000);
        costs.update();
        assertThat(cluster).containsEntry("trainer-a", 0);

        cluster.put("trainer-a", 1000);
        now += Duration.ofSeconds(31).toNanos();
        costs.update();
        assertThat(cluster).containsEntry("trainer-a", 0);
    }

    @Test
    void aRefusedChangeIsRepeated() {
        cluster.put("trainer-a", 0);
        busy.add("trainer-a-1");
        refuses = true;
        assertThatThrownBy(costs::update).hasMessage("refused");
        refuses = false;
        costs.update();
        assertThat(cluster).containsEntry("trainer-a", 1000);
    }
}
