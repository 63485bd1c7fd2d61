package dev.trainyard.gateway.models;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.Test;

/** The entities match the tables that Flyway creates. */
@QuarkusTest
@TestProfile(RegistryProfile.class)
@QuarkusTestResource(PlatformResource.class)
class RegistryMappingTest {
    @Inject
    SessionFactory sessions;

    @Test
    void entitiesMatchTheMigratedTables() {
        assertThatCode(() -> sessions.getSchemaManager().validateMappedObjects())
                .doesNotThrowAnyException();
    }
}
