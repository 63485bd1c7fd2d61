package dev.trainyard.engine.libtorch;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Tensors of 32-bit floats from and to arrays. */
final class Tensors {
    private Tensors() {}

    /** The first values of the array, as many as the shape has; valid in the caller's {@code PointerScope}. */
    static Tensor of(float[] values, TorchDevice device, long... shape) {
        int count = 1;
        for (long size : shape) {
            count = Math.toIntExact(count * size);
        }
        FloatPointer memory = new FloatPointer(count).put(values, 0, count);
        return device.move(torch.from_blob(memory, shape));
    }

    static float[] read(Tensor tensor) {
        float[] values = new float[Math.toIntExact(tensor.numel())];
        FloatBuffer buffer = tensor.detach().cpu().contiguous().createBuffer();
        buffer.get(values);
        return values;
    }

    static void write(float[] values, TorchDevice device, Tensor tensor) {
        tensor.copy_(of(values, device, values.length));
    }
}
