package dev.trainyard.engine.vector;

import org.jboss.logging.Logger;

/** Chooses the kernels once for the process. */
final class KernelChoice {
    private static final Logger LOG = Logger.getLogger(KernelChoice.class);
    private static final String MODULE = "jdk.incubator.vector";

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
        return VectorKernels.wideEnough() ? "" : "this processor's vectors are shorter than 256 bits";
    }

    /** New kernels, since those on vectors are not thread-safe. */
    static Kernels create() {
        return Holder.REASON.isEmpty() ? new VectorKernels() : new ScalarKernels();
    }
}
