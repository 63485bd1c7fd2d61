package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.estimates.EtaEstimator;
import dev.trainyard.job.EngineChoice;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** SQL columns of a job that are needed to estimate its end. */
public final class EtaColumns {
    public static final String COLUMNS = """
            case when status = 'training_in_progress' then config end as running_config,
            extract(epoch from now() - started_at) as elapsed,
            eta_seconds - extract(epoch from now() - progress_at) as own_eta""";

    private EtaColumns() {}

    /** Returns the seconds until the end of the job; null unless it is running. */
    public static @Nullable Double eta(ResultSet rs, EtaEstimator etas) throws SQLException {
        String config = rs.getString("running_config");
        if (config == null) {
            return null;
        }
        double own = rs.getDouble("own_eta");
        Double ownEta = rs.wasNull() ? null : (Double) own;
        return etas.seconds(new EtaEstimator.Run(
                config,
                EngineChoice.id(rs.getString("engine")),
                rs.getInt("attempt"),
                rs.getDouble("elapsed"),
                rs.getDouble("progress"),
                ownEta));
    }
}
