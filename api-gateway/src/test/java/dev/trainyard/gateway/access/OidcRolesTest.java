package dev.trainyard.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.gateway.permission.Role;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OidcRolesTest {
    private static OidcRoles of(String... values) {
        return OidcRoles.of(List.of(values), Map.of());
    }

    @Test
    void aRoleWithoutProjectCountsInTheDefaultProject() {
        assertThat(of("viewer").in("default")).containsExactly(Role.VIEWER);
        assertThat(of("viewer").in("team-a")).isEmpty();
    }

    @Test
    void rolesCountInTheirProjects() {
        OidcRoles roles = of("team-a:submitter", "team-b:viewer", "team-b:predictor");

        assertThat(roles.in("team-a")).containsExactly(Role.SUBMITTER);
        assertThat(roles.in("team-b")).containsExactly(Role.VIEWER, Role.PREDICTOR);
        assertThat(roles.in("default")).isEmpty();
    }

    @Test
    void onlyAnAdministratorWithoutProjectAdministersAll() {
        assertThat(of("administrator").in("any")).containsExactly(Role.ADMINISTRATOR);
        assertThat(of("administrator").platform()).isTrue();
        assertThat(of("team-a:administrator").platform()).isFalse();
        assertThat(of("team-a:administrator").in("team-b")).isEmpty();
    }

    @Test
    void otherValuesAreIgnored() {
        assertThat(of("offline_access", "Viewer", "VIEWER", "team-a:", ":", "", " viewer")
                        .byProject())
                .isEmpty();
    }

    @Test
    void groupsStandForRoles() {
        Map<String, Set<String>> mapping =
                OidcRoles.mapping(List.of("ml=team-a:submitter", "ml=viewer", "cn=ops,ou=x=operator"));

        assertThat(OidcRoles.of(List.of("ml"), mapping).byProject())
                .isEqualTo(Map.of("team-a", Set.of(Role.SUBMITTER), "default", Set.of(Role.VIEWER)));
        assertThat(OidcRoles.of(List.of("cn=ops,ou=x"), mapping).in("default")).containsExactly(Role.OPERATOR);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "viewer", "=viewer", "group=", "group=owner", "group=team-a:owner"})
    void aMappingWithoutRoleIsAnError(String entry) {
        assertThatThrownBy(() -> OidcRoles.mapping(List.of(entry))).hasMessageContaining("GROUP=PROJECT:ROLE");
    }
}
