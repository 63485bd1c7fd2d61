package dev.trainyard.trainer.runtime;

import dev.trainyard.job.Pools;
import org.eclipse.microprofile.config.spi.Converter;

/** Reads the name of a pool. */
public final class PoolConverter implements Converter<String> {
    private static final long serialVersionUID = 1;

    @Override
    public String convert(String text) {
        if (!Pools.isName(text)) {
            throw new IllegalArgumentException("the pool \"%s\" %s".formatted(text, Pools.RULE));
        }
        return text;
    }
}
