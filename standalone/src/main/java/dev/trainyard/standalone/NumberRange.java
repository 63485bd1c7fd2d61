package dev.trainyard.standalone;

import picocli.CommandLine;

/** Checks numeric options. */
public final class NumberRange {
    private NumberRange() {}

    /**
     * @throws CommandLine.ParameterException if {@code value} of {@code option} is out of range; the message gives the
     *     range
     */
    public static void check(CommandLine.Model.CommandSpec command, String option, int value, int min, int max) {
        if (value >= min && value <= max) {
            return;
        }
        throw new CommandLine.ParameterException(
                command.commandLine(),
                max == Integer.MAX_VALUE
                        ? "%s must be at least %d, not %d.".formatted(option, min, value)
                        : "%s must be from %d to %d, not %d.".formatted(option, min, max, value));
    }

    /** A cluster of two brokers could lose neither. */
    public static void checkBrokers(CommandLine.Model.CommandSpec command, int brokers) {
        if (brokers != 1 && brokers != 3) {
            throw new CommandLine.ParameterException(
                    command.commandLine(), "--brokers must be 1 or 3, not %d.".formatted(brokers));
        }
    }
}
