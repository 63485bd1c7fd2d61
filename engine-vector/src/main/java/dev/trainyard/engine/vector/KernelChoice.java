package dev.trainyard.engine.vector;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import org.jboss.logging.Logger;

/** Chooses the kernels once for the process. */
final class KernelChoice {
    private static final Logger LOG = Logger.getLogger(KernelChoice.class);
    private static final String MODULE = "jdk.incubator.vector";
    /** Of tiered compilation: C2. */
    private static final int LAST_LEVEL = 4;

    private KernelChoice() {}

    /** Holds the reason for scalar kernels, empty for vectors. */
    private static final class Holder {
        static final String REASON = reason();

        static {
            if (REASON.isEmpty()) {
                LOG.info("vector engine: 256-bit vectors");
            } else {
                LOG.warnf("vector engine: scalar kernels, same results but many times slower, because %s", REASON);
            }
        }
    }

    private static String reason() {
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            return "the JVM was started without --add-modules " + MODULE;
        }
        if (!VectorKernels.wideEnough()) {
            return "this processor's vectors are shorter than 256 bits";
        }
        return compilesVectors() ? "" : "the JVM was started without its optimizing compiler, which vectors need";
    }

    /** Without the last compiler (C2) each operation allocates its result, which is slower than scalar code. */
    private static boolean compilesVectors() {
        HotSpotDiagnosticMXBean options = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        return options == null
                || Integer.parseInt(options.getVMOption("TieredStopAtLevel").getValue()) == LAST_LEVEL;
    }

    /** New kernels, since those on vectors are not thread-safe. */
    static Kernels create() {
        return Holder.REASON.isEmpty() ? new VectorKernels() : new ScalarKernels();
    }
}
