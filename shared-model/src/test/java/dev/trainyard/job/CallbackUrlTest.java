package dev.trainyard.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.message.WireJson;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses that two parsers could read differently, or that are none of a web server. */
class CallbackUrlTest {
    private static TrainingConfigReader.Outcome read(String url) throws Exception {
        ObjectNode config = (ObjectNode) WireJson.mapper().readTree("""
                {"dataset":"MnistDataset","dataset_args":{"image_size":[28,28]},"model":"DigitModel","network":"mlp",
                "network_args":{},"train_args":{"batch_size":32,"epochs":1},"save_weights":true}""");
        return TrainingConfigReader.read(config.put("callback_url", url));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://example.org/",
                "file:///etc/passwd",
                "gopher://example.org/",
                "//example.org/",
                "http:/example.org/",
                "http:///",
                "http://",
                "http://user@example.org/",
                "http://user:secret@example.org/",
                "http://1.1.1.1@169.254.169.254/",
                "http://@example.org/",
                "http://example.org\\@169.254.169.254/",
                "http://169.254.169.254\t.example.org/",
                "http://example.org:0/",
                "http://example.org:65536/",
                "http://example.org:99999999999/",
                "http://example.org:80:22/",
                "http://example.org/ HTTP/1.1\r\nX: y",
                "http://example.org/\nX: y",
                "http://[::1%25lo]:80@example.org/",
                "http://１２７.0.0.1/",
                "http://example。org/",
                "http://*/",
                "http://%31%32%37.0.0.1/",
                ""
            })
    void suchAnAddressIsRefused(String url) throws Exception {
        assertThat(read(url))
                .isInstanceOfSatisfying(TrainingConfigReader.Invalid.class, invalid -> assertThat(invalid.violations())
                        .anySatisfy(violation -> assertThat(violation.pointer()).isEqualTo("/callback_url")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://example.org",
                "HTTPS://EXAMPLE.org:8443/a?b=c@d",
                "http://[2606:4700::1111]/",
                "https://example.org/é"
            })
    void othersAreAccepted(String url) throws Exception {
        assertThat(read(url))
                .isInstanceOfSatisfying(TrainingConfigReader.Valid.class, valid -> assertThat(valid.callbackUrl())
                        .isEqualTo(url));
    }
}
