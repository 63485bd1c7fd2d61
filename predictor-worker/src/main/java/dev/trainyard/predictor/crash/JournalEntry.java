package dev.trainyard.predictor.crash;

import java.util.Optional;

/** A thread that was in native code when its process ended, and the model that it ran. */
record JournalEntry(String thread, Phase phase, ModelIdentity model) {
    private static final char END = '\0';
    private static final int LONGEST_THREAD = 100;

    /** The model's name is last, so that only its end is lost if it is too long for the slot. */
    String text() {
        String name = thread.length() <= LONGEST_THREAD ? thread : thread.substring(0, LONGEST_THREAD);
        return name + END + model.sha256() + END + model.version() + END + model.name();
    }

    static Optional<JournalEntry> parse(int code, String text) {
        String[] parts = text.split(String.valueOf(END), 4);
        for (Phase phase : Phase.values()) {
            if (phase.code() == code && parts.length == 4 && parts[2].matches("-?[0-9]{1,9}")) {
                return Optional.of(new JournalEntry(
                        parts[0], phase, new ModelIdentity(parts[3], Integer.parseInt(parts[2]), parts[1])));
            }
        }
        return Optional.empty();
    }
}
