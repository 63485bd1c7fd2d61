package dev.trainyard.standalone.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Self-signed certificates for 127.0.0.1, created by the JDK's keytool for one test. */
public final class Certificates {
    public static final String PASSWORD = "of-a-test";

    private final Path folder;

    public Certificates(Path folder) {
        this.folder = folder;
    }

    /** Key store with the key and certificate of {@code name}, as common name and alias. */
    public Path keyStore(String name) throws IOException, InterruptedException {
        Path store = folder.resolve(name + ".p12");
        if (!Files.exists(store)) {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin/keytool").toString()));
            command.addAll(List.of("-genkeypair", "-alias", name, "-dname", "CN=" + name + ",O=Trainyard"));
            command.addAll(List.of("-keyalg", "EC", "-validity", "2", "-ext", "san=ip:127.0.0.1"));
            command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
            Process keytool =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(keytool.getInputStream().readAllBytes());
            if (keytool.waitFor() != 0) {
                throw new IOException(output);
            }
        }
        return store;
    }

    /** Trust store with the certificates of {@code names}. */
    public Path trustStore(String file, String... names)
            throws IOException, InterruptedException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        for (String name : names) {
            trusted.setCertificateEntry(name, load(name).getCertificate(name));
        }
        Path store = folder.resolve(file + ".p12");
        try (OutputStream out = Files.newOutputStream(store)) {
            trusted.store(out, PASSWORD.toCharArray());
        }
        return store;
    }

    /** The certificate of {@code name} as PEM. */
    public Path certificate(String name) throws IOException, InterruptedException, GeneralSecurityException {
        return pem(name + ".crt", "CERTIFICATE", load(name).getCertificate(name).getEncoded());
    }

    /** The private key of {@code name} as PEM. */
    public Path key(String name) throws IOException, InterruptedException, GeneralSecurityException {
        return pem(
                name + ".key",
                "PRIVATE KEY",
                load(name).getKey(name, PASSWORD.toCharArray()).getEncoded());
    }

    private Path pem(String file, String type, byte[] content) throws IOException {
        Path path = folder.resolve(file);
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Files.writeString(path, "-----BEGIN %s-----\n%s\n-----END %1$s-----\n".formatted(type, text));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        return path;
    }

    private KeyStore load(String name) throws IOException, InterruptedException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keyStore(name))) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }
}
