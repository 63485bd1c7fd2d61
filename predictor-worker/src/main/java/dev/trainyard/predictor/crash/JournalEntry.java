package dev.trainyard.predictor.crash;

import java.util.Optional;

/**
 * A thread in native code at the end of its process, and its model.
 *
 * @param alone true if the model was a suspect, so that no other model ran
 */
record JournalEntry(String thread, Phase phase, ModelIdentity model, boolean alone) {
    private static final char END = '\0';
    private static final int MAX_THREAD = 100;
    private static final int PHASE_BITS = 0xff;
    private static final int ALONE_BIT = 0x100;

    static int code(Phase phase, boolean alone) {
        return phase.code() | (alone ? ALONE_BIT : 0);
    }

    /** The model's name comes last, so that a name too long for the slot is the only part truncated. */
    String text() {
        String name = thread.length() <= MAX_THREAD ? thread : thread.substring(0, MAX_THREAD);
        return name + END + model.sha256() + END + model.version() + END + model.name();
    }

    /** Empty if the thread was not in native code, or the slot is damaged. */
    static Optional<JournalEntry> parse(int code, String text) {
        String[] parts = text.split(String.valueOf(END), 4);
        for (Phase phase : Phase.values()) {
            if (phase.code() == (code & PHASE_BITS)
                    && parts.length == 4
                    && parts[1].matches("[0-9a-f]{64}")
                    && parts[2].matches("-?[0-9]{1,9}")) {
                ModelIdentity model = new ModelIdentity(parts[3], Integer.parseInt(parts[2]), parts[1]);
                return Optional.of(new JournalEntry(parts[0], phase, model, (code & ALONE_BIT) != 0));
            }
        }
        return Optional.empty();
    }
}
