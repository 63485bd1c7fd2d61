package dev.trainyard.system.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.job.HistoryChecker;
import dev.trainyard.job.JobHistory;
import dev.trainyard.job.JobStatus;
import dev.trainyard.job.TransitionReason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads the histories of jobs over the API and checks them with {@link HistoryChecker}. */
public final class JobHistoryVerifier {
    private final ChaosClient client;
    private final Map<String, List<JsonNode>> modelsByJob = new HashMap<>();

    public JobHistoryVerifier(ChaosClient client) throws IOException, InterruptedException {
        this.client = client;
        for (JsonNode model : client.models()) {
            modelsByJob
                    .computeIfAbsent(model.path("job_key").asText(), key -> new ArrayList<>())
                    .add(model);
        }
    }

    /** SHA-256 of the model file that the job published; {@code none} without one. */
    public String weights(String key) {
        return modelsByJob.getOrDefault(key, List.of()).stream()
                .map(model -> model.path("onnx_sha256").asText())
                .findFirst()
                .orElse("none");
    }

    /** Violations in the history of the ended job {@code key}. */
    public List<String> violations(String key) throws IOException, InterruptedException {
        JsonNode job = client.job(key);
        List<JsonNode> events = client.events(key);
        List<String> wrong = new ArrayList<>(HistoryChecker.violations(history(key, job, events)));
        long expected = 1;
        for (JsonNode event : events) {
            boolean end = event.path("type").asText().equals("end");
            if (!end && event.path("id").asLong() != expected++) {
                wrong.add("job %s has a gap in its events before %s".formatted(key, event));
            }
        }
        if (events.isEmpty()
                || !events.get(events.size() - 1).path("type").asText().equals("end")) {
            wrong.add("job %s has no end event".formatted(key));
        }
        return wrong;
    }

    private JobHistory history(String key, JsonNode job, List<JsonNode> events)
            throws IOException, InterruptedException {
        List<JobHistory.Transition> transitions = new ArrayList<>();
        for (JsonNode step : job.path("transitions")) {
            transitions.add(new JobHistory.Transition(
                    status(step.path("from")),
                    Objects.requireNonNull(status(step.path("to"))),
                    step.path("attempt").asInt(),
                    TransitionReason.of(step.path("reason").asText())));
        }
        List<JobHistory.Epoch> epochs = new ArrayList<>();
        for (JsonNode event : events) {
            if (event.path("type").asText().equals("epoch")) {
                JsonNode data = event.path("data");
                epochs.add(new JobHistory.Epoch(
                        data.path("attempt").asInt(),
                        data.path("metrics").path("epoch").asInt()));
            }
        }
        List<Integer> published = new ArrayList<>();
        for (JsonNode model : modelsByJob.getOrDefault(key, List.of())) {
            published.add(client.model(
                            model.path("name").asText(), model.path("version").asInt())
                    .path("metadata")
                    .path("attempt")
                    .asInt());
        }
        boolean verification = job.path("verification").isObject();
        return new JobHistory(
                key,
                Objects.requireNonNull(status(job.path("status"))),
                job.path("epochs").asInt(),
                job.path("config").path("save_weights").asBoolean() && !verification,
                transitions,
                epochs,
                published);
    }

    private static @Nullable JobStatus status(JsonNode name) {
        return name.isTextual() ? JobStatus.find(name.asText()).orElseThrow() : null;
    }
}
