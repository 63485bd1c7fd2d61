package dev.trainyard.gateway.studies;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.search.TrialState;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;

/** Decides a study again from its logged facts, and compares each decision with the logged one. */
@Singleton
final class StudyReplay {
    /** Ends that do not follow from the trials. */
    private static final Set<EndReason> FROM_OUTSIDE =
            Set.of(EndReason.MAX_SECONDS, EndReason.CANCELLED, EndReason.INTERNAL_ERROR);

    private final Jdbi jdbi;

    StudyReplay(@Identifier(Transactions.EDGE) Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /**
     * Result of a replay.
     *
     * @param same true if there is no difference
     * @param decisions number of decisions that were compared
     * @param difference the first difference
     */
    @Schema(name = "StudyReplay")
    record Result(boolean same, int decisions, @Nullable Difference difference) {}

    /**
     * A decision that was logged differently from the one that is computed now.
     *
     * @param event id of the event; null if the stored trials differ from the log
     */
    @Schema(name = "StudyReplayDifference")
    record Difference(@Nullable Long event, @Nullable Integer trial, String logged, String computed) {}

    private record Event(long id, String type, @Nullable Integer trial, JsonNode data) {}

    private record Log(StudyRow study, List<Event> events, List<StudyTrial> trials) {}

    Result run(UUID id) {
        Log log = jdbi.inTransaction(TransactionIsolationLevel.REPEATABLE_READ, handle -> {
            StudyRow study = StudyRow.find(handle, id).orElseThrow(() -> StudyQueries.unknown(id.toString()));
            List<Event> events = handle.createQuery("select * from study_event where study = :id order by id")
                    .bind("id", id)
                    .map((rs, context) -> new Event(
                            rs.getLong("id"),
                            rs.getString("type"),
                            rs.getObject("trial", Integer.class),
                            StudyJson.tree(rs.getString("data"))))
                    .list();
            return new Log(study, events, TrialTable.read(handle, id));
        });
        return new Run(log).result();
    }

    private static final class Run {
        private final Log log;
        private final StudySpec spec;
        private final List<StudyTrial> trials = new ArrayList<>();
        private StudyLimits limits;
        private int decisions;

        Run(Log log) {
            this.log = log;
            this.spec = log.study().spec();
            this.limits = log.study().firstLimits();
        }

        Result result() {
            for (Event event : log.events()) {
                Difference difference = apply(event);
                if (difference != null) {
                    return new Result(false, decisions, difference);
                }
            }
            return HistoryDigest.of(trials).equals(HistoryDigest.of(log.trials()))
                    ? new Result(true, decisions, null)
                    : new Result(
                            false,
                            decisions,
                            new Difference(null, null, "the trials that the events lead to", "other stored trials"));
        }

        private @Nullable Difference apply(Event event) {
            switch (event.type()) {
                case StudyEvents.SUGGEST, StudyEvents.PROMOTE, StudyEvents.PRUNE, StudyEvents.ENDED -> {
                    return decision(event);
                }
                case StudyEvents.EPOCH -> {
                    JsonNode value = event.data().path("value");
                    int epoch = event.data().path("epoch").asInt();
                    double objective = value.isNumber() ? value.doubleValue() : Double.NaN;
                    set(trial(event).withEpoch(epoch, objective));
                }
                case StudyEvents.TRIAL ->
                    set(trial(event).ended(state(event.data().path("state").asText())));
                case StudyEvents.LIMITS -> limits = StudyJson.read(event.data().toString(), StudyLimits.class);
                default -> {
                    // changes neither trials nor limits
                }
            }
            return null;
        }

        private @Nullable Difference decision(Event event) {
            StudyDecision logged = logged(event);
            boolean repeatable = !(logged instanceof StudyDecision.End end) || !FROM_OUTSIDE.contains(end.reason());
            StudyDecision computed = repeatable ? log.study().rules().next(limits, trials) : logged;
            String saw = event.data().path("history_sha256").asText();
            String history = HistoryDigest.of(trials);
            decisions++;
            if (!computed.equals(logged)) {
                return new Difference(event.id(), event.trial(), logged.toString(), computed.toString());
            }
            if (!saw.equals(history)) {
                return new Difference(
                        event.id(), event.trial(), "made with the history " + saw, "the history " + history);
            }
            apply(logged);
            return null;
        }

        private StudyDecision logged(Event event) {
            JsonNode data = event.data();
            Integer hold =
                    data.path("hold").isInt() ? (Integer) data.path("hold").intValue() : null;
            return switch (event.type()) {
                case StudyEvents.SUGGEST ->
                    new StudyDecision.Suggest(
                            number(event),
                            spec.space()
                                    .canonical(
                                            StudyJson.values(data.path("values").toString())),
                            TrialSource.of(data.path("source").asText()),
                            hold);
                case StudyEvents.PROMOTE -> new StudyDecision.Promote(number(event), hold);
                case StudyEvents.PRUNE -> new StudyDecision.Prune(number(event));
                default ->
                    new StudyDecision.End(
                            StudyStatus.of(data.path("status").asText()),
                            EndReason.of(data.path("reason").asText()));
            };
        }

        private void apply(StudyDecision decision) {
            if (decision instanceof StudyDecision.Suggest suggested) {
                trials.add(StudyTrial.running(
                        suggested.trial(), suggested.values(), suggested.source(), suggested.hold()));
            } else if (decision instanceof StudyDecision.Promote promoted) {
                set(trials.get(promoted.trial()).promoted(promoted.hold()));
            } else if (decision instanceof StudyDecision.Prune pruned) {
                set(trials.get(pruned.trial()).ended(TrialState.PRUNED));
            } else if (decision instanceof StudyDecision.End) {
                trials.replaceAll(trial -> trial.isEnded() ? trial : trial.ended(TrialState.PRUNED));
            }
        }

        private static int number(Event event) {
            return Objects.requireNonNull(event.trial());
        }

        private StudyTrial trial(Event event) {
            return trials.get(number(event));
        }

        private void set(StudyTrial trial) {
            trials.set(trial.number(), trial);
        }

        private static TrialState state(String wireName) {
            return TrialState.valueOf(wireName.toUpperCase(Locale.ROOT));
        }
    }
}
