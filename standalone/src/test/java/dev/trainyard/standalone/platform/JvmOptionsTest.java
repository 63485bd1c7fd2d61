package dev.trainyard.standalone.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class JvmOptionsTest {
    @Test
    void optionsOfOneKindFollowThoseOfAllProcesses() {
        Map<String, String> environment =
                Map.of("TRAINYARD_JAVA_OPTS", " -Xss1m  -Xint ", "TRAINYARD_TRAINER_JAVA_OPTS", "-Xmixed");
        assertThat(JvmOptions.ofUser("trainer-12", environment)).containsExactly("-Xss1m", "-Xint", "-Xmixed");
        assertThat(JvmOptions.ofUser("gateway-1", environment)).containsExactly("-Xss1m", "-Xint");
        assertThat(JvmOptions.ofUser("kafka", Map.of())).isEmpty();
    }
}
