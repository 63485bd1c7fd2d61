package dev.trainyard.engine;

import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.job.TrainArgs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Binary format of the engines' checkpoints, little-endian: magic of the engine, digest of network and training arguments, epochs, iterations,
 * images, summed loss and correct predictions of the current epoch, number of parameters and of updater values, then
 * both as float32. It does not use Java serialization, which could execute code.
 */
public record CheckpointFormat(
        String identity, EpochProgress progress, int iterations, float[] parameters, float[] updater) {
    private static final int DIGEST = 32;
    private static final int HEADER = DIGEST + 5 * Integer.BYTES + Double.BYTES + Long.BYTES;

    /**
     * Digest of everything that a resumed run must share with its checkpoint, as 64 hex digits. A run with more epochs
     * and the same schedule of the learning rate continues the run of the checkpoint, so the number of epochs is no part
     * of it.
     *
     * @param parts engine and network
     */
    public static String identity(TrainArgs args, Object... parts) {
        Object[] all = Arrays.copyOf(parts, parts.length + 1);
        all[parts.length] = text(args);
        return FileArtifactStore.sha256(Arrays.deepToString(all).getBytes(StandardCharsets.UTF_8));
    }

    /** In the form of earlier releases, whose jobs had one number for epochs and schedule. */
    private static String text(TrainArgs args) {
        return String.format(
                Locale.ROOT,
                "TrainArgs[batchSize=%d, epochs=%d, learningRate=%s, optimizer=%s, seed=%d, validationSplit=%s]",
                args.batchSize(),
                args.decayEpochs(),
                args.learningRate(),
                args.optimizer(),
                args.seed(),
                args.validationSplit());
    }

    /** @param magic start of the bytes: {@code TY}, the id of the engine in upper case, version of its checkpoints */
    public byte[] bytes(String magic) {
        byte[] start = magic.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer out = ByteBuffer.allocate(start.length + HEADER + Float.BYTES * (parameters.length + updater.length))
                .order(ByteOrder.LITTLE_ENDIAN);
        out.put(start).put(HexFormat.of().parseHex(identity));
        out.putInt(progress.epochsDone())
                .putInt(iterations)
                .putInt(progress.samplesDone())
                .putDouble(progress.lossSum())
                .putLong(progress.right());
        out.putInt(parameters.length).putInt(updater.length);
        out.asFloatBuffer().put(parameters).put(updater);
        return out.array();
    }

    /** @throws IllegalArgumentException if the bytes are not a checkpoint of this run */
    public static CheckpointFormat parse(byte[] bytes, String magic, String identity) {
        byte[] expected = magic.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length < expected.length + HEADER) {
            throw new IllegalArgumentException("%d bytes are not a checkpoint".formatted(bytes.length));
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        byte[] start = new byte[expected.length];
        byte[] digest = new byte[DIGEST];
        in.get(start).get(digest);
        if (!Arrays.equals(start, expected)) {
            throw new IllegalArgumentException("not a checkpoint of this engine");
        }
        if (!HexFormat.of().formatHex(digest).equals(identity)) {
            throw new IllegalArgumentException("a checkpoint of another network or other training arguments");
        }
        int epochs = in.getInt();
        int iterations = in.getInt();
        int samplesDone = in.getInt();
        double lossSum = in.getDouble();
        long right = in.getLong();
        int parameters = in.getInt();
        int updater = in.getInt();
        boolean sane = epochs >= 0 && iterations >= 0 && samplesDone >= 0 && parameters >= 0 && updater >= 0;
        if (!sane || in.remaining() != (long) Float.BYTES * ((long) parameters + updater)) {
            throw new IllegalArgumentException("the length of the checkpoint does not match its header");
        }
        float[] first = new float[parameters];
        float[] second = new float[updater];
        in.asFloatBuffer().get(first).get(second);
        EpochProgress progress = new EpochProgress(epochs, samplesDone, lossSum, right);
        return new CheckpointFormat(identity, progress, iterations, first, second);
    }
}
