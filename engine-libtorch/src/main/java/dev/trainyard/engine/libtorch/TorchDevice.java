package dev.trainyard.engine.libtorch;

import dev.trainyard.engine.EngineUnavailableException;
import dev.trainyard.engine.TrainingDevice;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Where tensors are: {@code cpu} or {@code cuda:N}. */
record TorchDevice(String name) {
    static final TorchDevice CPU = new TorchDevice("cpu");

    /** @throws EngineUnavailableException if libtorch does not see that GPU */
    static TorchDevice of(TrainingDevice chosen) {
        if (!(chosen instanceof TrainingDevice.Cuda cuda)) {
            return CPU;
        }
        int gpus = torch.cuda_is_available() ? torch.cuda_device_count() : 0;
        if (cuda.index() >= gpus) {
            throw new EngineUnavailableException(
                    "libtorch sees %d GPUs, so that it cannot train on %s. Check CUDA_VISIBLE_DEVICES and NVIDIA's driver, or set trainyard.device=cpu."
                            .formatted(gpus, cuda));
        }
        return new TorchDevice(cuda.toString());
    }

    /** {@code cpu} or {@code cuda}; results of the same kind of device are comparable to the bit. */
    String kind() {
        return isCpu() ? "cpu" : "cuda";
    }

    private boolean isCpu() {
        return name.equals("cpu");
    }

    /** Returns the tensor itself if it is there already. */
    Tensor move(Tensor tensor) {
        return isCpu() ? tensor : tensor.to(new Device(name), torch.ScalarType.Float);
    }

    /** Zeros that outlive the caller's scope. */
    Tensor zeros(long count) {
        try (PointerScope scope = new PointerScope()) {
            Tensor zeros = move(torch.zeros(count));
            zeros.retainReference();
            return zeros;
        }
    }
}
