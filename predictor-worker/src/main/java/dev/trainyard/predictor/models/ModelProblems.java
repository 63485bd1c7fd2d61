package dev.trainyard.predictor.models;

import dev.trainyard.artifact.DamagedArtifactException;
import dev.trainyard.message.PredictorStatus.Problem;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Versions that could not be loaded at the last attempt, for the status report. Thread-safe. */
final class ModelProblems {
    /** Failures are listed for this time after the last attempt; production versions are retried every 30 s. */
    static final Duration SHOWN = Duration.ofMinutes(10);

    /** Limit for messages, because those of ONNX Runtime may contain whole stack traces. */
    private static final int LONGEST = 300;

    private final Clock clock;
    private final Map<ModelFile, Tried> tried = new ConcurrentHashMap<>();

    private record Tried(Problem problem, Instant last) {}

    ModelProblems(Clock clock) {
        this.clock = clock;
    }

    /** Records the problem of {@code file}; returns it as a sentence. */
    String add(ModelFile file, Exception failure) {
        String path =
                file.variantOf() == null ? file.onnx().path() : file.variantOf().path();
        if (failure instanceof NoSuchFileException) {
            return add(file, "file_missing", "its file %s is not in the artifact store.".formatted(path));
        }
        if (failure instanceof DamagedArtifactException) {
            return add(file, "file_damaged", "its file %s is damaged: its SHA-256 does not match.".formatted(path));
        }
        return failure instanceof IOException
                ? add(file, "file_unreadable", "its file %s cannot be read.".formatted(path))
                : add(
                        file,
                        "not_servable",
                        "its file is not a model that can be served: %s.".formatted(brief(failure)));
    }

    private static String brief(Exception failure) {
        String message = String.valueOf(failure.getMessage()).replaceAll("\\p{Cntrl}+", " ");
        return message.length() <= LONGEST ? message : message.substring(0, LONGEST) + "…";
    }

    /** Records that the model takes {@code bytes}, which do not fit beside the {@code pinned} models. */
    String addTooLarge(ModelFile file, long bytes, long limit, long pinned) {
        return add(
                file,
                "no_memory",
                "it takes about %,d bytes of trainyard.models.memory, which is %,d with %,d of them for models that stay loaded."
                        .formatted(bytes, limit, pinned));
    }

    private String add(ModelFile file, String code, String detail) {
        Instant now = clock.instant();
        tried.compute(file, (key, before) -> {
            boolean same = before != null && before.problem().code().equals(code);
            Instant since = same ? before.problem().since() : now;
            return new Tried(new Problem(file.name(), file.version(), code, detail, since), now);
        });
        return detail;
    }

    /** Removes the problem, after the version was loaded or deleted. */
    void remove(ModelFile file) {
        tried.remove(file);
    }

    List<Problem> list() {
        Instant oldest = clock.instant().minus(SHOWN);
        tried.values().removeIf(one -> one.last().isBefore(oldest));
        return tried.values().stream()
                .map(Tried::problem)
                .sorted(Comparator.comparing(Problem::name).thenComparingInt(Problem::version))
                .toList();
    }
}
