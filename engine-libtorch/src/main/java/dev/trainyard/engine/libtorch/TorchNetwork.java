package dev.trainyard.engine.libtorch;

import dev.trainyard.engine.onnx.OnnxExporter;
import dev.trainyard.network.LayerSpec;
import dev.trainyard.network.NetworkSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** The layers of a network in order, without the softmax at its end. Its parameters are parts of one tensor. */
final class TorchNetwork implements AutoCloseable {
    private static final long[] STRIDE = {1, 1};
    private static final long[] NO_PADDING = {0, 0};
    private static final long[] DILATION = {1, 1};

    private final NetworkSpec spec;
    private final TorchDevice device;
    private final List<ParameterShape> shapes;
    private final Tensor values;
    private final Tensor gradients;
    /** Kernel and bias of each layer that has them, in turn: parts of {@link #values}. */
    private final List<Tensor> parameters = new ArrayList<>();

    TorchNetwork(NetworkSpec spec, TorchDevice device) {
        this.spec = spec;
        this.device = device;
        this.shapes = ParameterShape.of(spec);
        long count = shapes.stream().mapToLong(ParameterShape::count).sum();
        this.values = device.zeros(count);
        this.gradients = device.zeros(count);
        long from = 0;
        for (ParameterShape shape : shapes) {
            add(from, shape.kernel());
            add(from + shape.kernelCount(), shape.outputs());
            from += shape.count();
        }
    }

    private void add(long from, long... shape) {
        try (PointerScope scope = new PointerScope()) {
            long count = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            // detached, so that the optimizer may change all of them at once
            Tensor part = values.narrow(0, from, count).view(shape).detach().requires_grad_(true);
            part.mutable_grad().put(gradients.narrow(0, from, count).view(shape).detach());
            part.retainReference();
            parameters.add(part);
        }
    }

    /** He's normal distribution before ReLU, and Glorot's before other activations. Biases start at zero. */
    void initialize(long seed) {
        float[] all = new float[Math.toIntExact(values.numel())];
        int from = 0;
        for (int number = 0; number < shapes.size(); number++) {
            shapes.get(number).draw(all, from, seed, number);
            from += Math.toIntExact(shapes.get(number).count());
        }
        write(all);
    }

    /** Logits of images, for the caller's scope. Values are dropped if {@code dropout} is not null. */
    Tensor forward(Tensor images, @Nullable SplittableRandom dropout) {
        Iterator<Tensor> next = parameters.iterator();
        Tensor x = images;
        for (LayerSpec layer : spec.layers()) {
            if (layer instanceof LayerSpec.Convolution conv) {
                long[] padding = conv.padding() == 0 ? NO_PADDING : new long[] {conv.padding(), conv.padding()};
                Tensor kernel = next.next();
                x = torch.conv2d(x, kernel, new TensorOptional(next.next()), STRIDE, padding, DILATION, 1);
                x = TorchActivations.apply(conv.activation(), x);
            } else if (layer instanceof LayerSpec.MaxPooling pool) {
                x = torch.max_pool2d(x, pool.size(), pool.size());
            } else if (layer instanceof LayerSpec.Dense dense) {
                x = TorchActivations.apply(dense.activation(), multiply(x, next.next(), next.next()));
            } else if (layer instanceof LayerSpec.SoftmaxOutput) {
                x = multiply(x, next.next(), next.next());
            } else if (layer instanceof LayerSpec.Flatten) {
                x = torch.flatten(x, 1, -1);
            } else if (layer instanceof LayerSpec.Dropout drop && dropout != null) {
                x = x.mul(DropoutMask.draw(x, drop.rate(), dropout, device));
            }
        }
        return x;
    }

    private static Tensor multiply(Tensor x, Tensor kernel, Tensor bias) {
        return torch.addmm(bias, x.ndimension() > 2 ? torch.flatten(x, 1, -1) : x, kernel);
    }

    /** All parameters; changing it changes them. */
    Tensor values() {
        return values;
    }

    /** Gradients of {@link #values}, to which each backward pass adds. */
    Tensor gradients() {
        return gradients;
    }

    float[] read() {
        try (PointerScope scope = new PointerScope()) {
            return Tensors.read(values);
        }
    }

    void write(float[] all) {
        try (PointerScope scope = new PointerScope()) {
            Tensors.write(all, device, values);
        }
    }

    List<OnnxExporter.Weights> weights() {
        float[] all = read();
        List<OnnxExporter.Weights> weights = new ArrayList<>();
        int from = 0;
        for (ParameterShape shape : shapes) {
            int bias = from + Math.toIntExact(shape.kernelCount());
            int to = from + Math.toIntExact(shape.count());
            weights.add(new OnnxExporter.Weights(
                    shape.kernel(), Arrays.copyOfRange(all, from, bias), Arrays.copyOfRange(all, bias, to)));
            from = to;
        }
        return weights;
    }

    @Override
    public void close() {
        parameters.forEach(Tensor::close);
        gradients.close();
        values.close();
    }
}
