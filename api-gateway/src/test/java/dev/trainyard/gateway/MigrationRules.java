package dev.trainyard.gateway;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Rules for migrations, which must not break gateways of the previous release: {@code docs/upgrades.md}. */
final class MigrationRules {
    private static final Pattern COMMENT = Pattern.compile("--[^\n]*|/\\*.*?\\*/", Pattern.DOTALL);
    private static final Pattern TABLE = Pattern.compile("create table (?:if not exists )?([\\w.\"]+)");
    private static final Pattern INDEX = Pattern.compile(
            "create (?:unique )?index (concurrently )?(?:if not exists )?(\\w+) on (?:only )?([\\w.\"]+)");
    private static final Pattern ALTER = Pattern.compile("alter table (?:if exists )?(?:only )?([\\w.\"]+) (.*)");
    private static final Pattern REQUIRED_COLUMN =
            Pattern.compile("add (?:column )?(?!constraint|check|foreign|primary|unique)[^,]*not null[^,]*");

    private MigrationRules() {}

    /** Returns one sentence per violation in {@code sql}. */
    static List<String> violations(String sql, boolean inTransaction) {
        List<String> wrong = new ArrayList<>();
        Set<String> created = new HashSet<>();
        Set<String> droppedIndexes = new HashSet<>();
        List<String> statements = statements(sql);
        for (String statement : statements) {
            Matcher table = TABLE.matcher(statement);
            if (table.lookingAt()) {
                created.add(table.group(1));
            }
        }
        for (String statement : statements) {
            Matcher index = INDEX.matcher(statement);
            Matcher alter = ALTER.matcher(statement);
            if (index.lookingAt()) {
                index(index, created, droppedIndexes, inTransaction, wrong);
            } else if (alter.lookingAt()) {
                if (!created.contains(alter.group(1))) {
                    alter(alter.group(2), wrong);
                }
            } else if (statement.startsWith("drop index concurrently if exists ")) {
                droppedIndexes.add(statement.substring("drop index concurrently if exists ".length()));
            } else if (statement.startsWith("drop ") || statement.startsWith("truncate ")) {
                wrong.add("drops what the release before reads: " + statement);
            } else if (statement.startsWith("alter ") && statement.contains(" rename ")) {
                wrong.add("renames what the release before reads: " + statement);
            } else if (statement.startsWith("lock ")) {
                wrong.add("holds up every client: " + statement);
            }
        }
        boolean concurrent = statements.stream().anyMatch(statement -> statement.contains("concurrently"));
        if (concurrent && !statements.stream().allMatch(statement -> statement.contains("concurrently"))) {
            wrong.add("does something else beside indexes that are made concurrently; give them a file of their own");
        }
        return wrong;
    }

    private static void index(
            Matcher index, Set<String> created, Set<String> dropped, boolean inTransaction, List<String> wrong) {
        if (created.contains(index.group(3))) {
            return; // the table is not in use yet
        }
        if (index.group(1) == null) {
            wrong.add("holds up writers of %s while it makes index %s; make it concurrently"
                    .formatted(index.group(3), index.group(2)));
            return;
        }
        if (inTransaction) {
            wrong.add("makes an index concurrently, which needs executeInTransaction=false in its .sql.conf");
        }
        if (!dropped.contains(index.group(2))) {
            wrong.add("cannot be repeated: begin with drop index concurrently if exists " + index.group(2));
        }
    }

    private static void alter(String change, List<String> wrong) {
        if (change.matches(".*\\bdrop (column|constraint|default|not null)\\b.*")
                && !change.matches("(alter (column )?\\w+ drop not null,? ?)+")) {
            wrong.add("drops what the release before relies on: " + change);
        }
        if (change.matches(".*\\brename\\b.*")) {
            wrong.add("renames what the release before reads: " + change);
        }
        if (change.matches(".*\\balter (column )?\\w+ (set data )?type\\b.*")) {
            wrong.add("changes the type of what the release before reads: " + change);
        }
        if (change.matches(".*\\bset not null\\b.*")) {
            wrong.add("requires what the release before may leave out: " + change);
        }
        Matcher required = REQUIRED_COLUMN.matcher(change);
        while (required.find()) {
            if (!required.group().contains("default") && !required.group().contains("generated")) {
                wrong.add("requires what the release before does not write: " + required.group());
            }
        }
        if (change.matches(".*\\badd (constraint|check|foreign key|unique|primary key)\\b.*")
                && !change.contains("not valid")) {
            wrong.add("checks every row while writers wait; add the constraint as not valid: " + change);
        }
    }

    private static List<String> statements(String sql) {
        List<String> statements = new ArrayList<>();
        for (String part : COMMENT.matcher(sql).replaceAll(" ").split(";")) {
            String statement = part.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
            if (!statement.isEmpty()) {
                statements.add(statement);
            }
        }
        return statements;
    }
}
