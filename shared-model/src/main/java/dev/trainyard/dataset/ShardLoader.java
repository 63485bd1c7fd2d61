package dev.trainyard.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Fills an {@link ImageDataset} from the shards of one split. */
final class ShardLoader {
    private final DatasetManifest manifest;
    private final byte[] pixels;
    private final byte[] labels;
    private final int imageSize;
    private int loaded;

    private ShardLoader(DatasetManifest manifest, Split split) {
        this.manifest = manifest;
        this.imageSize = manifest.height() * manifest.width() * manifest.depth();
        this.labels = new byte[manifest.size(split)];
        this.pixels = new byte[Math.multiplyExact(labels.length, imageSize)];
    }

    static ImageDataset load(DatasetManifest manifest, Path folder, Split split) throws DatasetException {
        ShardLoader loader = new ShardLoader(manifest, split);
        for (DatasetManifest.Shard shard : manifest.shards(split)) {
            loader.read(folder.resolve(shard.file()), shard);
        }
        return new ImageDataset(loader.pixels, loader.labels, manifest.height(), manifest.width(), manifest.depth());
    }

    private void read(Path file, DatasetManifest.Shard shard) throws DatasetException {
        int until = loaded + shard.records();
        try (TFRecordReader records = TFRecordReader.open(file)) {
            while (records.next()) {
                if (loaded == until) {
                    throw DatasetException.at(
                            file,
                            records.recordStart(),
                            "more than the %d records announced".formatted(shard.records()));
                }
                add(file, records);
            }
        } catch (DatasetException e) {
            throw e;
        } catch (IOException e) {
            throw new DatasetException(file, String.valueOf(e.getMessage()), e);
        }
        if (loaded != until) {
            throw DatasetException.at(
                    file,
                    shard.bytes(),
                    "%d records, %d announced".formatted(shard.records() - until + loaded, shard.records()));
        }
        if (!sha256(file).equals(shard.sha256())) {
            throw new DatasetException(file, "its SHA-256 is not the manifest's; convert the dataset again");
        }
    }

    private void add(Path file, TFRecordReader records) throws DatasetException {
        ImageExample example;
        try {
            example = ImageExample.decode(records.buffer(), records.offset(), records.length());
        } catch (IOException e) {
            throw new DatasetException(file, "at byte %d: %s".formatted(records.recordStart(), e.getMessage()), e);
        }
        if (example.height() != manifest.height()
                || example.width() != manifest.width()
                || example.depth() != manifest.depth()
                || example.image().size() != imageSize) {
            throw DatasetException.at(file, records.recordStart(), "the image's size is not the dataset's");
        }
        if (example.label() >= manifest.classes()) {
            throw DatasetException.at(
                    file,
                    records.recordStart(),
                    "label %d, the dataset has %d classes".formatted(example.label(), manifest.classes()));
        }
        example.image().copyTo(pixels, loaded * imageSize);
        labels[loaded++] = (byte) example.label();
    }

    /** SHA-256 of a file, lower-case hex. */
    static String sha256(Path file) throws DatasetException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 18];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new DatasetException(file, "cannot be read: " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is not available", e);
        }
    }
}
