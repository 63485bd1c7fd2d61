package dev.trainyard.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Both engines load JavaCPP, OpenBLAS and oneDNN; in one process each must compute what it computes alone. */
class BesideDl4jTest {
    @Test
    void bothEnginesTrainInOneProcess() throws Exception {
        List<String> ids = List.of("libtorch", "dl4j", "libtorch");
        for (String id : ids) {
            assertThat(TrainOnce.digest(TrainOnce.engine(id), TrainOnce.SPEC, TrainOnce.ARGS))
                    .as(id)
                    .isEqualTo(TrainOnce.inAnotherProcess(id));
        }
    }
}
