package dev.trainyard.standalone;

import dev.trainyard.settings.DurationParser;
import java.time.Duration;
import picocli.CommandLine;

/** Parses a duration such as {@code 90s} or {@code 10m}. */
final class DurationConverter implements CommandLine.ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
        try {
            return DurationParser.parse(text);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.TypeConversionException(e.getMessage());
        }
    }
}
