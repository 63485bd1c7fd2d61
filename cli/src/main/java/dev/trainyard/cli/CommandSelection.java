package dev.trainyard.cli;

import java.util.List;

/**
 * Which command the words name. Only that one is made then: making all of them takes longer than most of them run. Where it
 * is not sure what is meant, all are made.
 *
 * @param commands of the first level that are needed
 * @param group whose own commands are needed: a name, {@link #EVERY} or {@link #NONE}
 * @param inner the one of them that is needed; null for all
 */
record CommandSelection(List<String> commands, String group, String inner) {
    private static final String EVERY = "*";
    private static final String NONE = "";

    /** @param names of all commands of the first level */
    static CommandSelection of(List<String> names, String... words) {
        int first = next(words, 0);
        if (first == words.length) {
            return new CommandSelection(names, NONE, null);
        }
        String word = words[first];
        int second = next(words, first + 1);
        if (word.equals("help") || word.equals("completion")) { // which tell of all
            return new CommandSelection(names, EVERY, null);
        }
        if (names.contains(word)) {
            return new CommandSelection(List.of(word), word, second < words.length ? words[second] : null);
        }
        if (second < words.length) { // options in a form that is not known here, and a command behind them
            return new CommandSelection(names, EVERY, null);
        }
        return new CommandSelection(word.equals("--version") || word.equals("-V") ? List.of() : names, NONE, null);
    }

    boolean includes(String name) {
        return group.equals(EVERY) || group.equals(name);
    }

    /** Where the first word from {@code start} on stands that is no global option; behind all where there is none. */
    private static int next(String[] words, int start) {
        int at = start;
        while (at < words.length && CommandContext.isOption(words[at])) {
            at += words[at].equals(CommandContext.SERVER) ? 2 : 1;
        }
        return Math.min(at, words.length);
    }
}
