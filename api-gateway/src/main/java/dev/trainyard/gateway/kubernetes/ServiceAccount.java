package dev.trainyard.gateway.kubernetes;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * The identity that Kubernetes gives a pod, in files.
 *
 * @param folder where they are mounted
 */
record ServiceAccount(Path folder) {

    String namespace() {
        return read("namespace");
    }

    /** Read for each request, because Kubernetes replaces it every hour. */
    String token() {
        return read("token");
    }

    private String read(String name) {
        try {
            return Files.readString(folder.resolve(name)).strip();
        } catch (IOException e) {
            throw new KubernetesApiException(
                    "The service account's file %s cannot be read. Mount the token of the gateway's service account, or set "
                                    .formatted(folder.resolve(name))
                            + "trainyard.kubernetes.deletion-costs=false.",
                    e);
        }
    }

    /** Trusts the cluster's own authority only. */
    SSLContext trust() {
        Path authority = folder.resolve("ca.crt");
        try (InputStream in = Files.newInputStream(authority)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("authority-" + number++, certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new KubernetesApiException(
                    "The certificates of the cluster in %s cannot be read".formatted(authority), e);
        }
    }
}
