package dev.trainyard.system;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The metrics and labels that a PromQL query names. It knows as much of the language as the queries of the clone use. */
final class PromQl {
    private static final Pattern TOKEN =
            Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|\\[[^\\]]*\\]|[A-Za-z_:][\\w:]*|=~|!~|!=|[^\\s]");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_:][\\w:]*");
    private static final Set<String> GROUPING = Set.of("by", "without", "on", "ignoring", "group_left", "group_right");
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool", "offset");

    private final Map<String, Set<Matching>> selectors = new TreeMap<>();
    private final Set<String> groupingLabels = new TreeSet<>();

    /** A condition of a selector. */
    record Matching(String label, String operator, String value) {
        boolean accepts(String actual) {
            return switch (operator) {
                case "=" -> value.equals(actual);
                case "!=" -> !value.equals(actual);
                case "=~" -> actual.matches(value);
                case "!~" -> !actual.matches(value);
                default -> throw new IllegalStateException(operator);
            };
        }
    }

    /** Series of a scrape: names with the labels of each series. */
    record Scrape(Map<String, List<Map<String, String>>> series) {
        private static final Pattern LINE = Pattern.compile("([A-Za-z_:][\\w:]*)(?:\\{(.*)})? \\S+( \\d+)?");
        private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

        /** @param text in Prometheus' format */
        static Scrape read(String... text) {
            Map<String, List<Map<String, String>>> series = new HashMap<>();
            for (String one : text) {
                one.lines()
                        .filter(line -> !line.isBlank() && !line.startsWith("#"))
                        .forEach(line -> {
                            Matcher parts = LINE.matcher(line);
                            if (!parts.matches()) {
                                throw new IllegalArgumentException(line);
                            }
                            Map<String, String> labels = new TreeMap<>();
                            LABEL.matcher(parts.group(2) == null ? "" : parts.group(2))
                                    .results()
                                    .forEach(label -> labels.put(label.group(1), label.group(2)));
                            series.computeIfAbsent(parts.group(1), name -> new ArrayList<>())
                                    .add(labels);
                        });
            }
            return new Scrape(series);
        }
    }

    static PromQl read(String query) {
        PromQl found = new PromQl();
        List<String> tokens =
                TOKEN.matcher(query).results().map(MatchResult::group).toList();
        for (int i = 0; i < tokens.size(); i++) {
            String token = tokens.get(i);
            String next = i + 1 < tokens.size() ? tokens.get(i + 1) : "";
            if (token.startsWith("[") || !NAME.matcher(token).matches() || WORDS.contains(token)) {
                continue;
            }
            if (GROUPING.contains(token)) {
                i += 2;
                for (; !tokens.get(i).equals(")"); i++) {
                    if (!tokens.get(i).equals(",")) {
                        found.groupingLabels.add(tokens.get(i));
                    }
                }
            } else if (next.equals("{")) {
                Set<Matching> conditions = found.selectors.computeIfAbsent(token, name -> new HashSet<>());
                for (i += 2; !tokens.get(i).equals("}"); i += tokens.get(i + 3).equals(",") ? 4 : 3) {
                    String value = tokens.get(i + 2);
                    conditions.add(
                            new Matching(tokens.get(i), tokens.get(i + 1), value.substring(1, value.length() - 1)));
                }
            } else if (!next.equals("(") && !GROUPING.contains(next)) {
                found.selectors.computeIfAbsent(token, name -> new HashSet<>());
            }
        }
        return found;
    }

    Set<String> metrics() {
        return selectors.keySet();
    }

    /**
     * Returns what the query names and the scrape does not have, one sentence each.
     *
     * @param targetLabels that Prometheus adds to each series
     */
    List<String> missing(Scrape scrape, Set<String> targetLabels) {
        List<String> missing = new ArrayList<>();
        Set<String> labels = new HashSet<>(targetLabels);
        selectors.forEach((metric, conditions) -> {
            List<Map<String, String>> series = scrape.series().get(metric);
            if (series == null) {
                missing.add("no service has the metric " + metric);
                return;
            }
            series.forEach(one -> labels.addAll(one.keySet()));
            for (Matching condition : conditions) {
                boolean matched = targetLabels.contains(condition.label())
                        || series.stream()
                                .map(one -> one.get(condition.label()))
                                .anyMatch(value -> value != null && condition.accepts(value));
                if (!matched) {
                    missing.add("no series of %s has %s".formatted(metric, condition));
                }
            }
        });
        groupingLabels.stream()
                .filter(label -> !labels.contains(label))
                .forEach(label -> missing.add("no metric of the query has the label " + label));
        return missing;
    }
}
