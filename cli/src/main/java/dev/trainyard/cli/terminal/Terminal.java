package dev.trainyard.cli.terminal;

/**
 * What a person looks at.
 *
 * @param results whether stdout is a terminal
 * @param progress whether stderr is one
 * @param colours whether they are wanted at all
 */
public record Terminal(boolean results, boolean progress, boolean colours) {
    /** Files and pipes. */
    public static final Terminal NONE = new Terminal(false, false, false);

    /** As {@code ./trainyard} found it: Java 17 cannot tell stdout and stderr apart. */
    public static Terminal ofProcess() {
        String noColor = System.getenv("NO_COLOR");
        boolean colours = (noColor == null || noColor.isEmpty()) && !"dumb".equals(System.getenv("TERM"));
        return new Terminal(
                Boolean.getBoolean("trainyard.terminal.stdout"), Boolean.getBoolean("trainyard.terminal.stderr"), colours);
    }
}
