package dev.trainyard.engine.libtorch;

import dev.trainyard.engine.EngineUnavailableException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.global.torch;

/** Loads libtorch once per process, with one thread and deterministic algorithms. */
final class Libtorch {
    static final String VERSION = "2.10.0";

    private static final String EXTENSION = "org.bytedeco.javacpp.platform.extension";

    private static boolean loaded;

    private Libtorch() {}

    /** @throws EngineUnavailableException if the libraries cannot be loaded */
    static synchronized void load() {
        if (loaded) {
            return;
        }
        try (PointerScope scope = new PointerScope()) {
            loadLibraries();
            torch.set_num_threads(1);
            torch.set_num_interop_threads(1);
            Context context = torch.globalContext();
            // only warns: windows of pooling do not overlap, so that its atomic additions on a GPU have one order
            context.setDeterministicAlgorithms(true, true);
            context.setDeterministicFillUninitializedMemory(false);
            context.setDeterministicMkldnn(true);
            context.setDeterministicCuDNN(true);
            context.setBenchmarkCuDNN(false);
            context.setAllowTF32CuDNN(false);
            context.setAllowTF32CuBLAS(false);
        } catch (LinkageError e) {
            throw new EngineUnavailableException(
                    "libtorch cannot be loaded (%s). It needs Linux on x86_64, 400 MB of disk in the folder of the setting org.bytedeco.javacpp.cachedir, and CUDA's libraries in a build for GPUs."
                            .formatted(rootMessage(e)),
                    e);
        }
        loaded = true;
    }

    /** JavaCPP names the library that is missing only in the cause. */
    private static String rootMessage(Throwable error) {
        return error.getCause() == null ? String.valueOf(error.getMessage()) : rootMessage(error.getCause());
    }

    /** Returns true in a build with libraries for GPUs. */
    static boolean hasCuda() {
        return torch.class.getResource("/org/bytedeco/pytorch/linux-x86_64-gpu/libtorch_cuda.so") != null;
    }

    /** JavaCPP finds libraries for GPUs only by their extension; a trainer sets DL4J's. */
    private static void loadLibraries() {
        String set = System.getProperty(EXTENSION, "");
        if (!hasCuda()) {
            Loader.load(torch.class);
            return;
        }
        System.setProperty(EXTENSION, "-gpu");
        Loader.loadProperties(true);
        try {
            Loader.load(torch.class);
        } finally {
            System.setProperty(EXTENSION, set);
            Loader.loadProperties(true);
        }
    }
}
