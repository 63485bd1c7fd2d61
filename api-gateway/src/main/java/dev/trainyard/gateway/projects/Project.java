package dev.trainyard.gateway.projects;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * A project.
 *
 * @param weight its share of the trainers, relative to other projects with queued jobs
 */
public record Project(
        String name, int weight, @JsonUnwrapped ProjectQuotas quotas) {

    static Project read(ResultSet row, StatementContext context) throws SQLException {
        return new Project(
                row.getString("name"),
                row.getInt("weight"),
                new ProjectQuotas(
                        row.getObject("max_queued", Integer.class),
                        row.getObject("max_running", Integer.class),
                        row.getObject("epochs_per_day", Integer.class),
                        row.getObject("stored_bytes", Long.class),
                        row.getObject("predictions_per_second", Integer.class)));
    }
}
