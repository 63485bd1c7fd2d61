package dev.trainyard.cli.terminal;

import java.util.ArrayList;
import java.util.List;

/** Text table whose columns are two spaces apart. */
public final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... headings) {
        if (headings.length > 0) {
            add(headings);
        }
    }

    public Table add(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    @Override
    public String toString() {
        List<Integer> widths = new ArrayList<>();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                if (i == widths.size()) {
                    widths.add(0);
                }
                widths.set(i, Math.max(widths.get(i), width(row.get(i))));
            }
        }
        StringBuilder table = new StringBuilder();
        for (List<String> row : rows) {
            table.append(table.isEmpty() ? "" : System.lineSeparator()).append(line(row, widths));
        }
        return table.toString();
    }

    private static String line(List<String> row, List<Integer> widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            line.append(row.get(i)).append(" ".repeat(widths.get(i) - width(row.get(i)) + 2));
        }
        return line.toString().stripTrailing();
    }

    /** Escape sequences for colours have no width. */
    private static int width(String cell) {
        return cell.indexOf('\u001b') < 0
                ? cell.length()
                : cell.replaceAll("\u001b\\[[0-9;]*m", "").length();
    }
}
