package dev.trainyard.engine.dl4j;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.nd4j.common.config.ND4JClassLoading;

/**
 * Shows ND4J only one of its backends. Otherwise it tries CUDA first, also where the processor must be used, and takes
 * the processor silently where CUDA fails.
 */
final class BackendFilter extends ClassLoader {
    static final String SERVICES = "META-INF/services/org.nd4j.linalg.factory.Nd4jBackend";
    static final String CPU = "org.nd4j.linalg.cpu.nativecpu.CpuBackend";
    static final String CUDA = "org.nd4j.linalg.jcublas.JCublasBackend";

    private final String backend;

    BackendFilter(ClassLoader parent, String backend) {
        super(parent);
        this.backend = backend;
    }

    /** Returns true if this build has the CUDA backend. */
    static boolean hasCuda() {
        return ND4JClassLoading.getNd4jClassloader().getResource(CUDA.replace('.', '/') + ".class") != null;
    }

    /** Selects the backend; ND4J must not have been used before. */
    static void select(boolean cuda) {
        ND4JClassLoading.setNd4jClassloader(
                new BackendFilter(ND4JClassLoading.getNd4jClassloader(), cuda ? CUDA : CPU));
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        Enumeration<URL> all = super.getResources(name);
        if (!name.equals(SERVICES)) {
            return all;
        }
        List<URL> shown = new ArrayList<>();
        for (URL file : Collections.list(all)) {
            try (InputStream in = file.openStream()) {
                if (new String(in.readAllBytes(), StandardCharsets.UTF_8).contains(backend)) {
                    shown.add(file);
                }
            }
        }
        return Collections.enumeration(shown);
    }
}
