package dev.trainyard.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import org.junit.jupiter.api.Test;

class NetworkSizeTest {
    private static final ImageShape IMAGE = new ImageShape(1, 28, 28);

    @Test
    void lenet5HasTheParametersAndOperationsOfThePaper() {
        NetworkSize size = of("lenet5");
        assertThat(size.parameters()).isEqualTo(61_706);
        // 6 filters of 25 on 28×28, 16 of 150 on 10×10, then 400×120, 120×84 and 84×10
        assertThat(size.multiplyAdds()).isEqualTo(117_600 + 240_000 + 48_000 + 10_080 + 840);
    }

    @Test
    void aDenseNetworkUsesEachWeightOncePerImage() {
        NetworkSize size = of("mlp");
        int weights = 784 * 128 + 128 * 128 * 2 + 128 * 10;
        assertThat(size.multiplyAdds()).isEqualTo(weights);
        assertThat(size.parameters()).isEqualTo(weights + 3 * 128 + 10);
    }

    private static NetworkSize of(String network) {
        return NetworkSize.of(Networks.spec(network, JsonNodeFactory.instance.objectNode(), IMAGE, 10));
    }
}
