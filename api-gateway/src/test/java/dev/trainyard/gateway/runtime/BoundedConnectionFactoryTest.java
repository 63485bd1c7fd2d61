package dev.trainyard.gateway.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class BoundedConnectionFactoryTest {
    private boolean gives = true;
    private int asked;
    private final BoundedConnectionFactory connections = new BoundedConnectionFactory(pool(), Duration.ofSeconds(1));

    @Test
    void aBrieflyExhaustedPoolFailsOnlyTheCaller() throws Exception {
        connections.openConnection();
        gives = false;
        assertThatThrownBy(connections::openConnection).hasMessage("no connection is free");
        gives = true;
        assertThatCode(connections::openConnection).doesNotThrowAnyException();
        assertThat(asked).isEqualTo(3);
    }

    @Test
    void callersFailFastWhileTheDatabaseIsUnavailable() {
        gives = false;
        assertThatThrownBy(connections::openConnection).hasMessage("no connection is free");
        assertThatThrownBy(connections::openConnection)
                .isInstanceOf(SQLTransientConnectionException.class)
                .hasMessage("the database did not answer just now");
        assertThat(asked).isEqualTo(1);
    }

    private DataSource pool() {
        return of(DataSource.class, (proxy, method, arguments) -> connection());
    }

    private Connection connection() throws SQLException {
        asked++;
        if (!gives) {
            throw new SQLTransientConnectionException("no connection is free");
        }
        Statement statement = of(
                Statement.class, (proxy, method, arguments) -> method.getName().equals("execute") ? false : null);
        return of(
                Connection.class,
                (proxy, method, arguments) -> method.getName().equals("createStatement") ? statement : null);
    }

    private static <T> T of(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
