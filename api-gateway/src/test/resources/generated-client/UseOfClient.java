import java.io.File;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.example.digits.ApiClient;
import org.example.digits.ApiException;
import org.example.digits.api.ModelsApi;
import org.example.digits.api.PredictApi;
import org.example.digits.api.TrainApi;
import org.example.digits.model.*;

/** Uses the generated client for a training, from its plan to a prediction. */
public final class UseOfClient {
    private UseOfClient() {}

    /** Returns a line for each step. */
    public static List<String> use(URI server, File image) throws Exception {
        List<String> steps = new ArrayList<>();
        ApiClient client = new ApiClient();
        client.updateBaseUri(server.toString().replaceAll("/$", ""));
        TrainApi trainings = new TrainApi(client);

        TrainRequest wanted = new TrainRequest()
                .dataset(TrainRequest.DatasetEnum.MNIST_DATASET)
                .model(TrainRequest.ModelEnum.DIGIT_MODEL)
                .network(TrainRequest.NetworkEnum.MLP)
                .networkArgs(new NetworkArgs().layerSizes(List.of(64, 32)))
                .trainArgs(new TrainRequestArgs().batchSize(64).epochs(2));
        TrainSubmitAnswer plan = trainings.trainSubmit(wanted, true, null, null);
        steps.add(String.format(
                Locale.ROOT, "plan: %,d parameters", plan.getNetwork().getParameters()));

        wanted.getTrainArgs().epochs(0);
        try {
            trainings.trainSubmit(wanted, null, null, null);
        } catch (ApiException e) {
            Problem problem = client.getObjectMapper().readValue(e.getResponseBody(), Problem.class);
            steps.add("refused: " + e.getCode() + " "
                    + problem.getErrors().stream()
                            .map(error -> error.getPointer())
                            .toList());
        }

        wanted.getTrainArgs().epochs(2);
        UUID key = trainings
                .trainSubmit(wanted, null, UUID.randomUUID().toString(), null)
                .getKey();
        JobView job = trainings.trainGet(key.toString(), null, null, null);
        steps.add("accepted: " + (key.equals(job.getKey()) ? "queued" : "as another job"));
        while (job.getStatus() != JobStatus.SUCCESS && job.getStatus() != JobStatus.FAILED) {
            job = trainings.trainGet(key.toString(), job.getLastEventId(), 20, null);
        }
        steps.add("job: %s after %d epochs, test accuracy %s"
                .formatted(
                        job.getStatus(),
                        job.getHistory().size(),
                        job.getMessage().getTest().getAccuracy()));

        List<JobView> listed = trainings
                .jobsList(job.getCreatedAt(), null, null, key.toString(), 5, null, null, null, null, JobStatus.SUCCESS, null, null)
                .getJobs();
        steps.add("listed: " + (listed.size() == 1 && listed.get(0).getKey().equals(key) ? "it alone" : "others"));

        ModelDetails model = new ModelsApi(client).modelGet("DigitModel");
        steps.add("model: " + model.getName());

        PredictApi predictions = new PredictApi(client);
        steps.add("digit: "
                + predictions
                        .predictPredict(image, null, null, null, null, null, null, null, null)
                        .getPrediction());
        UUID later = predictions
                .predictPredict(image, null, null, null, null, null, null, "respond-async", null)
                .getId();
        AsyncPredictionView prediction = predictions.asyncPredictionGet(later.toString(), null, "wait=20", null);
        steps.add("later: " + ((Map<?, ?>) prediction.getResult()).get("prediction"));
        return steps;
    }
}
