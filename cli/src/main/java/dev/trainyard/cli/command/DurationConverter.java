package dev.trainyard.cli.command;

import dev.trainyard.settings.DurationParser;
import java.time.Duration;
import picocli.CommandLine;

/** Parses a duration such as {@code 90}, {@code 90s}, {@code 10m} or {@code 2h}. */
public final class DurationConverter implements CommandLine.ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
        try {
            return DurationParser.parse(text);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.TypeConversionException(e.getMessage());
        }
    }
}
