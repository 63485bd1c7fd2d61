package org.nd4j.nativeblas;

/**
 * DL4J 1.0.0-M2.1 looks its environment up under this old name before it uses oneDNN for convolutions; the class was
 * moved since, so without this one every convolution takes a path four times slower.
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
