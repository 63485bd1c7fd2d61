package dev.trainyard.standalone;

import picocli.CommandLine;

/** Checks numeric options. */
final class NumberRange {
    private NumberRange() {}

    /**
     * @throws CommandLine.ParameterException if {@code value} of {@code option} is out of range; the message gives the
     *     range
     */
    static void check(CommandLine.Model.CommandSpec command, String option, int value, int least, int most) {
        if (value >= least && value <= most) {
            return;
        }
        throw new CommandLine.ParameterException(
                command.commandLine(),
                most == Integer.MAX_VALUE
                        ? "%s must be at least %d, not %d.".formatted(option, least, value)
                        : "%s must be from %d to %d, not %d.".formatted(option, least, most, value));
    }
}
