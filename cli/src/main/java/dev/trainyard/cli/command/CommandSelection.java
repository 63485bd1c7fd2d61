package dev.trainyard.cli.command;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Selects the commands to build for a command line. Only the named one is built, because building all of them takes
 * longer than most commands run. If the words are ambiguous, all are built.
 *
 * @param commands needed on the first level
 * @param group name of the command whose subcommands are needed, {@link #EVERY} or {@link #NONE}
 * @param inner the only subcommand that is needed; null for all
 */
public record CommandSelection(
        List<String> commands, String group, @Nullable String inner) {
    private static final String EVERY = "*";
    private static final String NONE = "";

    /** @param names of all commands on the first level */
    public static CommandSelection of(List<String> names, String... words) {
        int first = next(words, 0);
        if (first == words.length) {
            return new CommandSelection(names, NONE, null);
        }
        String word = words[first];
        int second = next(words, first + 1);
        if (word.equals("help") || word.equals("completion")) { // both describe all commands
            return new CommandSelection(names, EVERY, null);
        }
        if (names.contains(word)) {
            return new CommandSelection(List.of(word), word, second < words.length ? words[second] : null);
        }
        if (second < words.length) { // global options in an unusual form, followed by a command
            return new CommandSelection(names, EVERY, null);
        }
        return new CommandSelection(word.equals("--version") || word.equals("-V") ? List.of() : names, NONE, null);
    }

    boolean includes(String name) {
        return group.equals(EVERY) || group.equals(name);
    }

    /**
     * Index of the first word from {@code start} on that is not a global option; the number of words if there is none.
     */
    private static int next(String[] words, int start) {
        int at = start;
        while (at < words.length && CommandContext.isOption(words[at])) {
            at += words[at].equals(CommandContext.SERVER) || words[at].equals(CommandContext.PROJECT) ? 2 : 1;
        }
        return Math.min(at, words.length);
    }
}
