package dev.trainyard.standalone.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.authenticator.CredentialCache;
import org.apache.kafka.common.security.scram.ScramCredential;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.apache.kafka.common.security.scram.internals.ScramServerCallbackHandler;
import org.apache.kafka.common.security.token.delegation.internals.DelegationTokenCache;
import org.jspecify.annotations.Nullable;

/**
 * Looks passwords up in {@link KafkaSecrets}, so that a node needs none in its metadata: a data folder of a release
 * without passwords needs no conversion, and a file can be replaced.
 */
public final class SecretsCallbackHandler implements AuthenticateCallbackHandler {
    /** Setting with the node's folder. */
    static final String FOLDER = "trainyard.kafka.folder";

    private static final int ITERATIONS = 4_096;

    private @Nullable AuthenticateCallbackHandler users;

    @Override
    public void configure(Map<String, ?> settings, String mechanism, List<AppConfigurationEntry> jaas) {
        try {
            CredentialCache.Cache<ScramCredential> credentials =
                    new CredentialCache().createCache(mechanism, ScramCredential.class);
            ScramFormatter formatter = new ScramFormatter(ScramMechanism.forMechanismName(mechanism));
            KafkaSecrets.in(Path.of(String.valueOf(settings.get(FOLDER))))
                    .passwords()
                    .forEach((user, password) -> {
                        credentials.put(user, formatter.generateCredential(password, ITERATIONS));
                    });
            users = new ScramServerCallbackHandler(credentials, new DelegationTokenCache(List.of(mechanism)));
            users.configure(settings, mechanism, jaas);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void handle(Callback[] callbacks) throws IOException, UnsupportedCallbackException {
        if (users == null) {
            throw new IllegalStateException("not configured");
        }
        users.handle(callbacks);
    }

    @Override
    public void close() {
        if (users != null) {
            users.close();
        }
    }
}
