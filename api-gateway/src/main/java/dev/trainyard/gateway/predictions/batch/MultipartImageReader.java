package dev.trainyard.gateway.predictions.batch;

import dev.trainyard.gateway.http.MultipartForm;
import dev.trainyard.gateway.predictions.PredictionService;
import dev.trainyard.image.PngFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the images of a multipart form; the names of the parts do not matter. */
final class MultipartImageReader {
    private static final int MAX_NAME_LENGTH = 255;

    private MultipartImageReader() {}

    private record FormItem(
            MultipartForm.Part part, @Nullable String name) implements ImageBatch.Item {
        @Override
        public byte[] read() {
            if (part.size() > PngFile.MAX_BYTES) {
                throw PredictionService.tooLarge(part.size());
            }
            return part.bytes();
        }
    }

    static ImageBatch read(byte[] body, String contentType) {
        List<ImageBatch.Item> items = new ArrayList<>();
        long bytes = 0;
        int skipped = 0;
        for (MultipartForm.Part part : MultipartForm.read(body, contentType)) {
            if (!isImage(part)) {
                skipped++;
                continue;
            }
            if (items.size() == ImageBatch.MAX_IMAGES) {
                throw ImageBatch.tooMany("images", ImageBatch.MAX_IMAGES);
            }
            boolean named = part.fileName() != null && !part.fileName().isEmpty();
            items.add(new FormItem(part, cleanName(named ? part.fileName() : part.name())));
            bytes += part.size();
        }
        return new ImageBatch(items, bytes, skipped);
    }

    private static boolean isImage(MultipartForm.Part part) {
        return part.fileName() != null
                || part.type() != null && part.type().toLowerCase(Locale.ROOT).startsWith("image/");
    }

    static @Nullable String cleanName(@Nullable String name) {
        if (name == null) {
            return null;
        }
        String visible = name.replaceAll("\\p{Cntrl}", "");
        return visible.length() <= MAX_NAME_LENGTH ? visible : visible.substring(0, MAX_NAME_LENGTH);
    }
}
