package dev.trainyard.message;

/** Record headers of the predict topics, all UTF-8 text. The value of a request is the picture's bytes, nothing else. */
public final class PredictHeaders {
    /** Version of a request's form; {@link Versioned#CURRENT} where it is absent. */
    public static final String V = "trainyard-v";
    /** UUID of the request, repeated on the reply. */
    public static final String ID = "trainyard-id";
    /** Name of the model that shall answer. */
    public static final String MODEL = "trainyard-model";
    /** Number of the version that shall answer; absent for the one in production. */
    public static final String VERSION = "trainyard-version";
    /** Present where nobody waits for the reply, such as a shadow's: answered after what somebody waits for. */
    public static final String BACKGROUND = "trainyard-aside";
    /** Milliseconds since the epoch after which nobody waits for the reply. */
    public static final String DEADLINE = "trainyard-deadline";
    /** Partition of {@code predict.replies} on which the asking gateway listens. */
    public static final String REPLY_PARTITION = "trainyard-reply-partition";
    /** What the value of a request is, {@link #PNG} or {@link #FLOAT32}; a PNG where the header is absent. */
    public static final String CONTENT_TYPE = "trainyard-content-type";

    public static final String PNG = "image/png";
    /** One picture as the model takes it: 28×28 float32, row by row, little-endian, 0 black to 1 white. */
    public static final String FLOAT32 = "application/vnd.trainyard.float32";

    /** {@link RequestedOutput} of the request, a prediction if it is missing. */
    public static final String REQUESTED_OUTPUT = "trainyard-want";

    private PredictHeaders() {}
}
