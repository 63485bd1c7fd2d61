import java.io.File;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.example.digits.ApiClient;
import org.example.digits.ApiException;
import org.example.digits.ApiResponse;
import org.example.digits.api.ModelsApi;
import org.example.digits.api.PredictApi;
import org.example.digits.api.TrainApi;
import org.example.digits.model.*;

/** What somebody writes who generated a client: a training from its plan to a prediction. */
public final class UseOfClient {
    private UseOfClient() {}

    /** What it saw, step by step. */
    public static List<String> use(URI server, File picture) throws Exception {
        List<String> told = new ArrayList<>();
        ApiClient client = new ApiClient();
        client.updateBaseUri(server.toString().replaceAll("/$", ""));
        TrainApi trainings = new TrainApi(client);

        TrainRequest wanted = new TrainRequest()
                .dataset(TrainRequest.DatasetEnum.MNIST_DATASET)
                .model(TrainRequest.ModelEnum.DIGIT_MODEL)
                .network(TrainRequest.NetworkEnum.MLP)
                .networkArgs(new NetworkArgs().layerSizes(List.of(64, 32)))
                .trainArgs(new TrainRequestArgs().batchSize(64).epochs(2));
        TrainSubmitAnswer plan = trainings.trainSubmit(TrainApi.APITrainSubmitRequest.newBuilder()
                .trainRequest(wanted)
                .dryRun(true)
                .build());
        told.add("plan: %,d parameters".formatted(plan.getNetwork().getParameters()));

        wanted.getTrainArgs().epochs(0);
        try {
            trainings.trainSubmit(
                    TrainApi.APITrainSubmitRequest.newBuilder().trainRequest(wanted).build());
        } catch (ApiException e) {
            Problem problem = client.getObjectMapper().readValue(e.getResponseBody(), Problem.class);
            told.add("refused: " + e.getCode() + " "
                    + problem.getErrors().stream().map(error -> error.getPointer()).toList());
        }

        wanted.getTrainArgs().epochs(2);
        UUID key = trainings.trainSubmit(TrainApi.APITrainSubmitRequest.newBuilder()
                        .trainRequest(wanted)
                        .idempotencyKey(UUID.randomUUID().toString())
                        .build())
                .getKey();
        JobView job = trainings.trainGet(
                TrainApi.APITrainGetRequest.newBuilder().key(key.toString()).build());
        told.add("accepted: " + (key.equals(job.getKey()) ? "queued" : "as another job"));
        while (job.getStatus() != JobStatus.SUCCESS && job.getStatus() != JobStatus.FAILED) {
            job = trainings.trainGet(TrainApi.APITrainGetRequest.newBuilder()
                    .key(key.toString())
                    .wait(20)
                    .since(job.getLastEventId())
                    .build());
        }
        told.add("job: %s after %d epochs, test accuracy %s"
                .formatted(job.getStatus(), job.getHistory().size(), job.getMessage().getTest().getAccuracy()));

        List<JobView> listed = trainings.jobsList(TrainApi.APIJobsListRequest.newBuilder()
                        .key(key.toString())
                        .status(JobStatus.SUCCESS)
                        .createdAfter(job.getCreatedAt())
                        .limit(5)
                        .build())
                .getJobs();
        told.add("listed: " + (listed.size() == 1 && listed.get(0).getKey().equals(key) ? "it alone" : "others"));

        ModelsApi models = new ModelsApi(client);
        Whole model = models.modelGet(
                ModelsApi.APIModelGetRequest.newBuilder().name("DigitModel").build());
        told.add("model: %s %d".formatted(model.getName(), 1));

        PredictApi predictions = new PredictApi(client);
        PredictPredictAnswer digit = predictions.predictPredict(
                PredictApi.APIPredictPredictRequest.newBuilder().image(picture).build());
        told.add("digit: " + digit.getPrediction());

        ApiResponse<PredictPredictAnswer> later = predictions.predictPredictWithHttpInfo(
                PredictApi.APIPredictPredictRequest.newBuilder().image(picture).prefer("respond-async").build());
        KeptView kept = predictions.keptGet(PredictApi.APIKeptGetRequest.newBuilder()
                .id(later.getData().getId().toString())
                .prefer("wait=20")
                .build());
        told.add("later: " + ((java.util.Map<?, ?>) kept.getResult()).get("prediction"));
        return told;
    }
}
