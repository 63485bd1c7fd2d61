package dev.trainyard.engine.dl4j;

import dev.trainyard.engine.EngineUnavailableException;
import dev.trainyard.engine.TrainingDevice;
import org.nd4j.common.config.ND4JClassLoading;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.factory.Nd4jBackend;

/** Checks that ND4J can use its CUDA backend, and limits the memory that it may take. */
final class CudaBackendCheck {
    private CudaBackendCheck() {}

    /** @throws EngineUnavailableException if it cannot; the message names the missing library */
    static void require(TrainingDevice.Cuda device) {
        try {
            // before ND4J starts, whose own message names no library
            ND4JClassLoading.loadService(Nd4jBackend.class).forEach(Nd4jBackend::canRun);
        } catch (LinkageError | RuntimeException e) {
            throw new EngineUnavailableException(
                    "ND4J cannot start its CUDA backend (%s). Install the CUDA 11.6 libraries and the driver, use the trainer's CUDA image, or set trainyard.device=cpu."
                            .formatted(root(e).getMessage()),
                    e);
        }
        int gpus = Nd4j.getAffinityManager().getNumberOfDevices();
        if (device.index() >= gpus) {
            throw new EngineUnavailableException(
                    "ND4J sees %d GPUs, so that it cannot train on %s. Check CUDA_VISIBLE_DEVICES and trainyard.device."
                            .formatted(gpus, device));
        }
        device.memoryLimit().ifPresent(bytes -> Nd4j.getEnvironment().setDeviceLimit(device.index(), bytes));
    }

    /** JavaCPP wraps the loader's message, which names the library. */
    private static Throwable root(Throwable failure) {
        return failure.getCause() == null ? failure : root(failure.getCause());
    }
}
