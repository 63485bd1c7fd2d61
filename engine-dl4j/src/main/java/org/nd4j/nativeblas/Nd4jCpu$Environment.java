package org.nd4j.nativeblas;

/**
 * DL4J 1.0.0-M2.1 looks up its environment under this old class name before it uses oneDNN for convolutions. The class
 * was moved since; without this one every convolution takes a four times slower path.
 */
public final class Nd4jCpu$Environment {
    private static final Nd4jCpu$Environment INSTANCE = new Nd4jCpu$Environment();

    private Nd4jCpu$Environment() {}

    public static Nd4jCpu$Environment getInstance() {
        return INSTANCE;
    }

    public boolean isUseMKLDNN() {
        return true;
    }
}
