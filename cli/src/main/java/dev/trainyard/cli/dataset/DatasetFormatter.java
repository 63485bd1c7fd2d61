package dev.trainyard.cli.dataset;

import static dev.trainyard.cli.terminal.ValueFormatter.text;

import dev.trainyard.cli.terminal.Table;
import dev.trainyard.dataset.DatasetManifest;
import dev.trainyard.dataset.Split;
import java.nio.file.Path;

/** Formats the details of a dataset. */
final class DatasetFormatter {
    private DatasetFormatter() {}

    static String of(Path folder, DatasetManifest manifest, boolean checked) {
        Table head = new Table("Dataset", manifest.name());
        head.add("Folder", folder.toString());
        head.add(
                "Images",
                text(
                        "%,d training, %,d test, %d x %d x %d, %d classes",
                        manifest.size(Split.TRAIN),
                        manifest.size(Split.TEST),
                        manifest.height(),
                        manifest.width(),
                        manifest.depth(),
                        manifest.classes()));
        head.add("Digest", manifest.digest());
        head.add("Source", manifest.sourceSha256());
        head.add("Checked", checked ? "all records and shards are intact" : "no; use --check");
        Table shards = new Table("SHARD", "SPLIT", "IMAGES", "BYTES", "SHA-256");
        for (DatasetManifest.Shard shard : manifest.shards()) {
            shards.add(
                    shard.file(),
                    shard.split().fileName(),
                    text("%,d", shard.records()),
                    text("%,d", shard.bytes()),
                    shard.sha256());
        }
        return "%s%n%n%s".formatted(head, shards);
    }
}
