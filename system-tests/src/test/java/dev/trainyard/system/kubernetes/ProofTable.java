package dev.trainyard.system.kubernetes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was measured, printed at the end and written to a file. */
final class ProofTable {
    private final List<String> rows = new ArrayList<>(List.of("| what | measured | bar |", "|---|---|---|"));

    void add(String what, Object measured, Object bar) {
        rows.add("| %s | %s | %s |".formatted(what, measured, bar));
        System.out.println(rows.get(rows.size() - 1));
    }

    static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1e3);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    void print(Path file) throws IOException {
        String text = String.join("\n", rows) + "\n";
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, text);
        System.out.print("\n" + text);
    }
}
