package dev.trainyard.kafka;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;

/** Gives the broker the access rules and the passwords of the platform's users; needs the rights of an administrator. */
public final class AccessInstaller {
    private static final int ITERATIONS = 4_096;
    private static final long RETRY_MILLIS = 50;

    private final Admin admin;
    private final long limitSeconds;

    /** @param limitSeconds limit of each request */
    public AccessInstaller(Admin admin, long limitSeconds) {
        this.admin = admin;
        this.limitSeconds = limitSeconds;
    }

    /** What {@link #applyRules} changed. */
    public record Changes(int created, int deleted) {}

    /**
     * Creates the rules that are missing, and deletes other ones of the platform's users, such as those of an earlier
     * release. Rules of other users are kept.
     *
     * @throws KafkaException if the broker refuses or does not answer in time
     */
    public Changes applyRules() throws InterruptedException {
        Set<AclBinding> expected = AccessRules.all();
        Set<AclBinding> present = present();
        Set<AclBinding> missing = new HashSet<>(expected);
        missing.removeAll(present);
        if (!missing.isEmpty()) {
            get(admin.createAcls(missing).all());
        }
        Set<AclBinding> obsolete = new HashSet<>(present);
        obsolete.removeAll(expected);
        if (!obsolete.isEmpty()) {
            Collection<AclBindingFilter> filters =
                    obsolete.stream().map(AclBinding::toFilter).toList();
            get(admin.deleteAcls(filters).all());
        }
        if (!present.equals(expected)) {
            awaitVisible(() -> present().equals(expected));
        }
        return new Changes(missing.size(), obsolete.size());
    }

    /** Rules of the platform's users that the broker has. */
    private Set<AclBinding> present() throws InterruptedException {
        Set<String> users =
                AccessRules.SERVICES.stream().map(AccessRules::principal).collect(Collectors.toSet());
        return get(admin.describeAcls(AclBindingFilter.ANY).values()).stream()
                .filter(rule -> users.contains(rule.entry().principal()))
                .collect(Collectors.toSet());
    }

    /**
     * Sets passwords, for users that log in by SCRAM-SHA-512.
     *
     * @throws KafkaException if the broker refuses or does not answer in time
     */
    public void setPasswords(Map<String, String> byUser) throws InterruptedException {
        ScramCredentialInfo mechanism = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ITERATIONS);
        List<UserScramCredentialAlteration> changes = byUser.entrySet().stream()
                .<UserScramCredentialAlteration>map(
                        user -> new UserScramCredentialUpsertion(user.getKey(), mechanism, user.getValue()))
                .toList();
        get(admin.alterUserScramCredentials(changes).all());
        awaitVisible(
                () -> get(admin.describeUserScramCredentials().all()).keySet().containsAll(byUser.keySet()));
    }

    private interface Condition {
        boolean holds() throws InterruptedException;
    }

    /** The broker learns of a change from the controller a moment after that has stored it. */
    private void awaitVisible(Condition visible) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(limitSeconds);
        while (!visible.holds()) {
            if (System.nanoTime() > deadline) {
                throw new KafkaException("The broker does not apply the changes that its controller has stored");
            }
            Thread.sleep(RETRY_MILLIS); // there is no event to wait for
        }
    }

    private <T> T get(KafkaFuture<T> answer) throws InterruptedException {
        try {
            return answer.get(limitSeconds, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new KafkaException(ConnectionProblems.describe(e), e);
        } catch (TimeoutException e) {
            throw new KafkaException("Kafka did not answer in %d s".formatted(limitSeconds), e);
        }
    }
}
