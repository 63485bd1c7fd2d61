package dev.trainyard.tracing;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;

/**
 * Decides which new traces are recorded: a share of them, and those that are linked to a recorded one. So the attempt of
 * a job is recorded if its submit was. Within a trace, {@link #of} follows the decision of its first span.
 */
public final class LinkedSampler implements Sampler {
    private final Sampler share;

    private LinkedSampler(double ratio) {
        this.share = Sampler.traceIdRatioBased(ratio);
    }

    /** @param ratio share of new traces that are recorded, from 0 to 1 */
    public static Sampler of(double ratio) {
        return Sampler.parentBased(new LinkedSampler(ratio));
    }

    @Override
    public SamplingResult shouldSample(
            Context parent, String traceId, String name, SpanKind kind, Attributes attributes, List<LinkData> links) {
        if (links.isEmpty()) {
            return share.shouldSample(parent, traceId, name, kind, attributes, links);
        }
        boolean recorded = links.stream().anyMatch(link -> link.getSpanContext().isSampled());
        return recorded ? SamplingResult.recordAndSample() : SamplingResult.drop();
    }

    @Override
    public String getDescription() {
        return "LinkedSampler{" + share.getDescription() + "}";
    }
}
