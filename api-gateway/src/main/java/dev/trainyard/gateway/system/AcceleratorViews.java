package dev.trainyard.gateway.system;

import dev.trainyard.device.Accelerator;
import dev.trainyard.message.TrainerStatus;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Presents what trainers report of their devices. */
final class AcceleratorViews {
    private AcceleratorViews() {}

    static List<SystemView.Accelerator> gpus(List<TrainerStatus> trainers) {
        return trainers.stream().flatMap(AcceleratorViews::gpus).toList();
    }

    static List<SystemView.DeviceProblem> problems(List<TrainerStatus> trainers) {
        return trainers.stream()
                .filter(status -> status.problem() != null)
                .map(status -> new SystemView.DeviceProblem(status.trainer(), status.problem()))
                .toList();
    }

    private static Stream<SystemView.Accelerator> gpus(TrainerStatus status) {
        return IntStream.range(0, status.accelerators().size()).mapToObj(position -> {
            Accelerator gpu = status.accelerators().get(position);
            return new SystemView.Accelerator(
                    status.trainer(),
                    gpu.index(),
                    gpu.name(),
                    gpu.driver(),
                    gpu.capability(),
                    gpu.memoryTotal(),
                    gpu.memoryFree(),
                    status.device().equals("cuda:" + position));
        });
    }
}
