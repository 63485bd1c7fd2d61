package dev.trainyard.benchmarks.peers;

/** What trains in this comparison: engines of the platform and peers. */
enum Competitor {
    AUTO("`auto` (vector)", "", "vector"),
    DL4J("dl4j", "", "dl4j"),
    EAGER("PyTorch eager", "torch", "eager"),
    COMPILED("torch.compile", "torch", "compile"),
    KERAS("Keras fit", "keras", "fit"),
    JAX("JAX", "jax", "jit");

    final String title;
    /** The peer's virtual environment and script; empty for an engine of the platform. */
    final String environment;

    final String engine;

    Competitor(String title, String environment, String engine) {
        this.title = title;
        this.environment = environment;
        this.engine = engine;
    }

    boolean peer() {
        return !environment.isEmpty();
    }

    /** Whether the platform must be faster by a given factor. */
    boolean hasBar() {
        return this == EAGER || this == KERAS;
    }
}
