package dev.trainyard.trainer.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.network.ImageShape;
import dev.trainyard.trust.TrustEvaluator;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A model imported from an ONNX file. Its predictions are those of the original file; its export is the converted
 * model.
 */
public final class ImportedOnnx implements AutoCloseable {
    private static final int BATCH = 64;
    private static final double SUM_TOLERANCE = 1e-3;

    private final OnnxFile file;
    private final OnnxConversion.Converted converted;
    private final String sha256;
    private final int classes;
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    /** Output of the file for some images. */
    private record Output(long[] shape, float @Nullable [] values) {}

    private ImportedOnnx(
            OnnxFile file, OnnxConversion.Converted converted, OrtSession session, String sha256, int classes) {
        this.file = file;
        this.converted = converted;
        this.session = session;
        this.sha256 = sha256;
        this.classes = classes;
    }

    /**
     * Reads and checks a file.
     *
     * @param images sample images that it must accept
     * @throws RejectedModelException if the model cannot be served
     */
    public static ImportedOnnx read(byte[] onnx, ImageDataset images, int classes) throws RejectedModelException {
        ImageShape shape = new ImageShape(images.depth(), images.height(), images.width());
        OnnxFile file = OnnxFile.read(onnx, shape);
        // first, because it rejects invalid graphs: cycles, or operators without inputs
        OrtSession session = load(onnx);
        try {
            OnnxConversion.Converted converted = OnnxConversion.convert(file, shape, classes);
            ImportedOnnx model = new ImportedOnnx(file, converted, session, FileArtifactStore.sha256(onnx), classes);
            model.requireAnswers(images);
            return model;
        } catch (RejectedModelException | RuntimeException e) {
            close(session);
            throw e;
        }
    }

    private static OrtSession load(byte[] onnx) throws RejectedModelException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            return OrtEnvironment.getEnvironment().createSession(onnx, options);
        } catch (OrtException e) {
            throw new RejectedModelException(
                    "ONNX Runtime rejects the model: %s Export it again.".formatted(e.getMessage()), e);
        }
    }

    /** Runs one image and two, to detect a fixed batch size inside the graph. */
    private void requireAnswers(ImageDataset images) throws RejectedModelException {
        for (int count = 1; count <= Math.min(file.oneByOne() ? 1 : 2, images.size()); count++) {
            Output answers;
            try {
                answers = run(images, 0, count);
            } catch (OrtException e) {
                throw new RejectedModelException(
                        "The model does not run with %d image(s): %s Export it with an open first dimension."
                                .formatted(count, e.getMessage()),
                        e);
            }
            if (!Arrays.equals(answers.shape(), new long[] {count, classes})) {
                throw new RejectedModelException(
                        "The model returns values of shape %s for %d image(s); expected [%d, %d]. Flatten them before the output, or return one per class."
                                .formatted(Arrays.toString(answers.shape()), count, count, classes));
            }
            float[] values = answers.values();
            if (values == null) {
                throw new RejectedModelException("The model's output is not float32; export it as float32.");
            }
            for (int row = 0; row < count; row++) {
                requireProbabilities(values, row);
            }
        }
    }

    private void requireProbabilities(float[] answers, int row) throws RejectedModelException {
        double sum = 0;
        for (int i = row * classes; i < (row + 1) * classes; i++) {
            sum += answers[i];
        }
        boolean right = converted.endsWithLogits() ? Double.isFinite(sum) : Math.abs(sum - 1) <= SUM_TOLERANCE;
        if (!right) {
            throw new RejectedModelException(
                    "The model's probabilities for a digit add up to %s; check its weights.".formatted(sum));
        }
    }

    /** The values are null if they are not floating-point. */
    private Output run(ImageDataset images, int from, int count) throws OrtException {
        float[] pixels = new float[count * images.imageSize()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (images.pixels()[from * images.imageSize() + i] & 0xff) / 255f;
        }
        long[] shape = LongStream.concat(LongStream.of(count), LongStream.of(file.inputShape()))
                .toArray();
        try (OnnxTensor input = OnnxTensor.createTensor(environment, FloatBuffer.wrap(pixels), shape);
                OrtSession.Result result = session.run(Map.of(file.input(), input))) {
            OnnxTensor output = (OnnxTensor) result.get(0);
            FloatBuffer buffer = output.getFloatBuffer();
            float[] values = buffer == null ? null : new float[buffer.remaining()];
            if (buffer != null) {
                buffer.get(values);
            }
            return new Output(output.getInfo().getShape(), values);
        }
    }

    private float[][] rows(ImageDataset images, int from, int count) {
        float[] answers;
        try {
            answers = Objects.requireNonNull(run(images, from, count).values());
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime can no longer run the model", e);
        }
        float[][] rows = new float[count][classes];
        for (int row = 0; row < count; row++) {
            if (converted.endsWithLogits()) {
                rows[row] = TrustEvaluator.probabilities(answers, row * classes, classes, 1);
            } else {
                System.arraycopy(answers, row * classes, rows[row], 0, classes);
            }
        }
        return rows;
    }

    /** Like {@link #probabilities}, for the converted model. */
    public float[][] exportedProbabilities(ImageDataset images) throws OrtException {
        try (ServedOnnx served = new ServedOnnx(exportOnnx(), parameters(), sha256)) {
            return served.probabilities(images);
        }
    }

    /** One row per image with one value per class, computed by the original file. */
    public float[][] probabilities(ImageDataset images) {
        float[][] all = new float[images.size()][];
        int batch = file.oneByOne() ? 1 : BATCH;
        for (int from = 0; from < all.length; from += batch) {
            float[][] rows = rows(images, from, Math.min(batch, all.length - from));
            System.arraycopy(rows, 0, all, from, rows.length);
        }
        return all;
    }

    /** Returns true if the original file ends with logits instead of probabilities. */
    public boolean endsWithLogits() {
        return converted.endsWithLogits();
    }

    /** Number of values in its float32 tensors. */
    public long parameters() {
        return file.model().getGraph().getInitializerList().stream()
                .filter(tensor -> tensor.getDataType() == TensorProto.DataType.FLOAT.getNumber())
                .mapToLong(tensor ->
                        tensor.getDimsList().stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b))
                .sum();
    }

    /** The model in the format that predictors serve. */
    public byte[] exportOnnx() {
        return converted.onnx();
    }

    /** SHA-256 of the original file, lower-case hex. */
    public String weightsSha256() {
        return sha256;
    }

    /** Format and producer of the file, such as {@code onnx opset 15 by tf2onnx 1.16.1}. */
    public String madeBy() {
        String producer = "%s %s"
                .formatted(file.model().getProducerName(), file.model().getProducerVersion())
                .strip();
        String text =
                "onnx opset %d".formatted(OnnxFile.opset(file.model())) + (producer.isEmpty() ? "" : " by " + producer);
        return text.length() <= 100 ? text : text.substring(0, 100);
    }

    @Override
    public void close() {
        close(session);
    }

    private static void close(OrtSession session) {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime could not close a session", e);
        }
    }
}
