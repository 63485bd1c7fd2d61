package dev.trainyard.gateway.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.message.TopicRetention;
import dev.trainyard.settings.LogFormat;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GatewaySettingsTest {
    @Test
    void theDefaultsMatchTheDocumentation() {
        GatewaySettings settings = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withConverter(Duration.class, 300, new DurationConverter())
                .withMapping(GatewaySettings.class)
                .build()
                .getConfigMapping(GatewaySettings.class);
        assertThat(settings.artifacts().dir()).isEqualTo(Path.of(".trainyard/artifacts"));
        assertThat(settings.traces().endpoint()).isEmpty();
        assertThat(settings.traces().ratio()).isEqualTo(0.01);
        assertThat(settings.log().format()).isEqualTo(LogFormat.TEXT);
        assertThat(settings.lease().duration()).isEqualTo(Duration.ofSeconds(60));
        assertThat(settings.lease().maxAttempts()).isEqualTo(3);
        assertThat(settings.reaper().period()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.reaper().unclaimedLimit()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.leader().lease()).isEqualTo(Duration.ofSeconds(4));
        assertThat(settings.background().poll()).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.scheduling().window()).isEqualTo(1);
        assertThat(settings.scheduling().ahead()).isZero();
        assertThat(settings.scheduling().preemption()).isFalse();
        assertThat(settings.outbox().tries()).isEqualTo(5);
        assertThat(settings.outbox().topicLimit()).isEqualTo(Duration.ofMinutes(10));
        assertThat(settings.outbox().keepRefused()).isEqualTo(Duration.ofDays(30));
        assertThat(settings.waiting().limit()).isEqualTo(Duration.ofMinutes(5));
        assertThat(settings.admin().token()).isEmpty();
        assertThat(settings.auth().mode()).isEqualTo(GatewaySettings.Auth.Mode.NONE);
        assertThat(settings.auth().oidc().rolesClaim()).isEqualTo("roles");
        assertThat(settings.auth().oidc().clientSecret()).isEmpty();
        assertThat(settings.auth().oidc().providerName()).isEqualTo("OpenID Connect");
        assertThat(settings.auth().oidc().scopes()).containsExactly("openid", "profile");
        assertThat(settings.auth().oidc().keyRefresh()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.retention().audit()).isEqualTo(Duration.ofDays(365));
        assertThat(settings.auth().session().lifetime()).isEqualTo(Duration.ofHours(12));
        assertThat(settings.auth().session().idle()).isEqualTo(Duration.ofHours(1));
        assertThat(settings.auth().session().perToken()).isEqualTo(20);
        assertThat(settings.auth().session().secureCookie()).isEmpty();
        assertThat(settings.rate().signInsPerSecond()).isEqualTo(5);
        assertThat(settings.kubernetes().deletionCosts()).isFalse();
        assertThat(settings.kubernetes().api()).isEmpty();
        assertThat(settings.kubernetes().trainerSelector())
                .isEqualTo("app.kubernetes.io/name=trainyard,app.kubernetes.io/component=trainer");
        assertThat(settings.kubernetes().serviceAccount())
                .isEqualTo(Path.of("/var/run/secrets/kubernetes.io/serviceaccount"));
        assertThat(settings.expected().trainers()).isEmpty();
        assertThat(settings.expected().predictors()).isEmpty();
        assertThat(settings.predict().timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.predict().maxPending()).isEqualTo(1024);
        assertThat(settings.predict().batchTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.predict().maxPendingPerClient()).isEqualTo(128);
        assertThat(settings.rate().submitsPerSecond()).isEqualTo(1_000);
        assertThat(settings.rate().requestsPerSecond()).isEqualTo(3_000);
        assertThat(settings.rate().predictionsPerSecond()).isEqualTo(20_000);
        GatewaySettings.Http http = settings.http();
        assertThat(http.jsonLimit().asLongValue()).isEqualTo(256 * 1024);
        assertThat(http.bodyTime()).isEqualTo(Duration.ofSeconds(30));
        assertThat(http.bodyGrace()).isEqualTo(Duration.ofSeconds(5));
        assertThat(http.bodyLeastRate().asLongValue()).isEqualTo(1024);
        assertThat(http.uploads()).isEqualTo(1024);
        assertThat(http.uploadsPerClient()).isEqualTo(256);
        assertThat(http.bodyMemory()).isEmpty();
        assertThat(http.bodyDisk().asLongValue()).isEqualTo(1024L * 1024 * 1024);
        assertThat(http.connectionsPerClient()).isEqualTo(4_000);
        assertThat(http.activeRequestsPerClient()).isEmpty();
        assertThat(http.headTime()).isEqualTo(Duration.ofSeconds(10));
        assertThat(http.idleTime()).isEqualTo(Duration.ofSeconds(75));
        assertThat(http.writeTime()).isEqualTo(Duration.ofSeconds(30));
        assertThat(http.answerMemory()).isEmpty();
        assertThat(settings.memory().garbagePercent()).isEqualTo(90);
        assertThat(settings.memory().garbageWindow()).isEqualTo(Duration.ofSeconds(20));
        assertThat(settings.predict().async().age()).isEqualTo(Duration.ofHours(24));
        assertThat(settings.predict().async().replyTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.predict().async().maxAttempts()).isEqualTo(20);
        assertThat(settings.predict().async().limit()).isEqualTo(10_000);
        assertThat(settings.predict().async().bytes().asLongValue()).isEqualTo(256L * 1024 * 1024);
        GatewaySettings.Retention retention = settings.retention();
        assertThat(retention.sweep()).isEqualTo(Duration.ofMinutes(1));
        assertThat(retention.fileSweep()).isEqualTo(Duration.ofMinutes(10));
        assertThat(retention.jobs()).isEqualTo(Duration.ofDays(30));
        assertThat(retention.pausedJobs()).isEqualTo(Duration.ofDays(30));
        assertThat(retention.eventsOfJob()).isEqualTo(10_000);
        assertThat(retention.idempotencyKeys()).isEqualTo(Duration.ofHours(24));
        assertThat(retention.checkpoints()).isEqualTo(Duration.ofHours(1));
        assertThat(retention.failedCheckpoints()).isEqualTo(Duration.ofDays(7));
        assertThat(retention.checkpointsOfJob()).isEqualTo(3);
        assertThat(retention.orphans()).isEqualTo(Duration.ofDays(7));
        assertThat(retention.youngFiles()).isEqualTo(Duration.ofHours(1));
        assertThat(retention.aliasMoves()).isEqualTo(1_000);
        assertThat(retention.accessTokens()).isEqualTo(Duration.ofDays(30));
        assertThat(retention.comparisons()).isEqualTo(Duration.ofDays(90));
        assertThat(retention.deletedVersions()).isEqualTo(Duration.ofDays(365));
        assertThat(retention.topics().limits()).isEqualTo(TopicRetention.DEFAULTS);
        assertThat(settings.disk().refuseBelow().asLongValue()).isEqualTo(1L << 30);
        assertThat(settings.disk().acceptAbove().asLongValue()).isEqualTo(3L << 29);
        assertThat(settings.disk().mostPercent()).isEqualTo(10);
        assertThat(settings.disk().folders()).isEmpty();
    }
}
