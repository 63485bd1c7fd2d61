package dev.trainyard.message;

/** Record headers of the predict topics, all UTF-8 text. The value of a request contains only the image bytes. */
public final class PredictHeaders {
    /** Format version of a request; {@link Versioned#CURRENT} if absent. */
    public static final String V = "trainyard-v";
    /** UUID of the request, repeated on the reply. */
    public static final String ID = "trainyard-id";
    /** Name of the requested model. */
    public static final String MODEL = "trainyard-model";
    /** Requested version number; absent for the production version. */
    public static final String VERSION = "trainyard-version";
    /**
     * Present on background requests without a waiting client, such as those of a shadow; they are processed after all
     * others.
     */
    public static final String BACKGROUND = "trainyard-aside";
    /** Deadline in milliseconds since the epoch, after which the client no longer waits. */
    public static final String DEADLINE = "trainyard-deadline";
    /** Partition of {@code predict.replies} that the requesting gateway consumes. */
    public static final String REPLY_PARTITION = "trainyard-reply-partition";
    /** Format of the request's value, {@link #PNG} or {@link #FLOAT32}; PNG if absent. */
    public static final String CONTENT_TYPE = "trainyard-content-type";

    public static final String PNG = "image/png";
    /** One image in the model's input format: 28×28 float32, row by row, little-endian, 0 black to 1 white. */
    public static final String FLOAT32 = "application/vnd.trainyard.float32";

    /** {@link RequestedOutput} of the request; a prediction if absent. */
    public static final String REQUESTED_OUTPUT = "trainyard-want";

    private PredictHeaders() {}
}
