package dev.trainyard.cli;

/** Jobs and events in the gateway's JSON format. */
public final class JobJson {
    public static final String KEY = "67150f53-2c6c-4bea-b612-16994686a8b2";
    public static final String OTHER = "8a0e6a40-0d6f-4a35-9a3b-0b8a7f9d8c11";
    public static final String PATH = "/api/v1/train/" + KEY;
    public static final String EVENTS = "GET " + PATH + "/events";
    public static final String END = "event: end\ndata: {\"status\":\"success\"}\n\n";

    private JobJson() {}

    public static String accepted() {
        return "{\"key\":\"%s\",\"message\":\"queued\",\"status_url\":\"%s\"}".formatted(KEY, PATH);
    }

    public static String succeeded() {
        return job(KEY, "success", 64, 0.9899);
    }

    public static String job(String key, String status, int batchSize, double accuracy) {
        return """
                {"key":"%s","status":"%s","current_epoch":2,"epochs":2,"progress":1.0,"attempt":1,"worker":"trainer-1",
                 "created_at":"2026-11-24T10:07:35.010980Z","history":[
                   {"epoch":1,"train":{"loss":0.2,"accuracy":0.94},"validation":{"loss":0.1,"accuracy":0.97},"seconds":2.5},
                   {"epoch":2,"train":{"loss":0.1,"accuracy":0.98},"seconds":2.0}],
                 "transitions":[{"to":"queued","attempt":1,"reason":"submitted","at":"2026-11-24T10:07:35Z"}],
                 "message":{"train":{"accuracy":0.9951},"test":{"accuracy":%s}},"model":{"name":"DigitModel","version":3},
                 "config":{"network":"lenet5","train_args":{"batch_size":%d,"epochs":2}}}""".formatted(key, status, accuracy, batchSize);
    }

    public static String ended(String status, String error) {
        return "{\"key\":\"%s\",\"status\":\"%s\",\"epochs\":2,\"error\":%s}".formatted(KEY, status, error);
    }

    public static String status(int id, String to) {
        return "id: %d\nevent: status\ndata: {\"to\":\"%s\",\"attempt\":1,\"worker\":\"trainer-1\"}\n\n"
                .formatted(id, to);
    }

    public static String epoch(int id, int epoch) {
        return ("id: %d\nevent: epoch\ndata: {\"attempt\":1,\"metrics\":{\"epoch\":%d,\"train\":{\"loss\":0.2,"
                        + "\"accuracy\":0.94},\"validation\":{\"loss\":0.1,\"accuracy\":0.97},\"seconds\":2.5}}\n\n")
                .formatted(id, epoch);
    }
}
