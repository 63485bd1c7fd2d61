package dev.trainyard.engine.vector;

import dev.trainyard.artifact.FileArtifactStore;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Binary format of a checkpoint, little-endian: magic, digest of network and training arguments, epochs, iterations,
 * images, summed loss and correct predictions of the current epoch, number of parameters and of updater values, then
 * both as float32. It does not use Java serialization, which could execute code.
 */
record CheckpointFormat(
        String identity,
        int epochs,
        int iterations,
        int samplesDone,
        double lossSum,
        long right,
        float[] parameters,
        float[] updater) {
    private static final byte[] MAGIC = "TYVECTOR01".getBytes(StandardCharsets.US_ASCII);
    private static final int DIGEST = 32;
    private static final int HEADER = MAGIC.length + DIGEST + 5 * Integer.BYTES + Double.BYTES + Long.BYTES;

    /** Digest of everything that a resumed run must share with its checkpoint, as 64 hex digits. */
    static String identity(Object... parts) {
        return FileArtifactStore.sha256(Arrays.deepToString(parts).getBytes(StandardCharsets.UTF_8));
    }

    byte[] bytes() {
        ByteBuffer out = ByteBuffer.allocate(HEADER + Float.BYTES * (parameters.length + updater.length))
                .order(ByteOrder.LITTLE_ENDIAN);
        out.put(MAGIC).put(HexFormat.of().parseHex(identity));
        out.putInt(epochs)
                .putInt(iterations)
                .putInt(samplesDone)
                .putDouble(lossSum)
                .putLong(right);
        out.putInt(parameters.length).putInt(updater.length);
        out.asFloatBuffer().put(parameters).put(updater);
        return out.array();
    }

    /** @throws IllegalArgumentException if the bytes are not a checkpoint of this run */
    static CheckpointFormat parse(byte[] bytes, String identity) {
        if (bytes.length < HEADER) {
            throw new IllegalArgumentException("%d bytes are not a checkpoint".formatted(bytes.length));
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        byte[] magic = new byte[MAGIC.length];
        byte[] digest = new byte[DIGEST];
        in.get(magic).get(digest);
        if (!Arrays.equals(magic, MAGIC)) {
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
        return new CheckpointFormat(identity, epochs, iterations, samplesDone, lossSum, right, first, second);
    }
}
