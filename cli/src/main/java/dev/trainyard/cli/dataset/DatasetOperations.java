package dev.trainyard.cli.dataset;

import static dev.trainyard.cli.terminal.ValueFormatter.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.json.Json;
import dev.trainyard.cli.terminal.Console;
import dev.trainyard.cli.terminal.InputFile;
import dev.trainyard.cli.terminal.Table;
import dev.trainyard.dataset.DatasetConverter;
import dev.trainyard.dataset.DatasetException;
import dev.trainyard.dataset.DatasetManifest;
import dev.trainyard.dataset.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Converts, lists and checks dataset folders: TFRecord shards with a manifest. */
final class DatasetOperations {
    private final Console console;

    DatasetOperations(Console console) {
        this.console = console;
    }

    int convert(Path npz, Path outDir) throws CommandException {
        long started = System.nanoTime();
        try {
            DatasetManifest manifest = DatasetConverter.convert(InputFile.readable(npz), outDir);
            print(outDir, manifest, (System.nanoTime() - started) / 1e9);
            return ExitCodes.SUCCESS;
        } catch (DatasetException e) {
            throw new CommandException(ExitCodes.FAILED, e.getMessage(), null);
        }
    }

    private void print(Path folder, DatasetManifest manifest, double seconds) {
        if (console.json()) {
            console.result(json(folder, manifest));
            return;
        }
        console.result(text(
                "%,d training and %,d test images in %d shards, %.1f MB, in %s (%.1f s)",
                manifest.size(Split.TRAIN),
                manifest.size(Split.TEST),
                manifest.shards().size(),
                bytes(manifest) / 1e6,
                folder,
                seconds));
    }

    /** @param dir null for the platform's dataset directory */
    int list(Path dir) throws CommandException {
        if (dir != null && !Files.isDirectory(dir)) {
            throw CommandException.usage("There is no folder %s.".formatted(dir), null);
        }
        Path folder = dir == null ? DatasetFolder.ofPlatform() : dir;
        Table table = new Table("NAME", "DATASET", "TRAIN", "TEST", "SHARDS", "MB", "DIGEST");
        ArrayNode all = Json.object().putArray("datasets");
        int exitCode = ExitCodes.SUCCESS;
        for (Path found : folders(folder)) {
            DatasetManifest manifest;
            try {
                manifest = DatasetManifest.read(found);
            } catch (DatasetException e) {
                console.error(String.valueOf(e.getMessage()), null);
                exitCode = ExitCodes.FAILED;
                continue;
            }
            all.add(json(found, manifest));
            table.add(
                    found.getFileName().toString(),
                    manifest.name(),
                    text("%,d", manifest.size(Split.TRAIN)),
                    text("%,d", manifest.size(Split.TEST)),
                    String.valueOf(manifest.shards().size()),
                    text("%.1f", bytes(manifest) / 1e6),
                    manifest.digest().substring(0, 12));
        }
        if (console.json()) {
            ObjectNode document = Json.object();
            document.set("datasets", all);
            console.result(document);
        } else if (all.isEmpty() && exitCode == ExitCodes.SUCCESS) {
            console.note(text(
                    "No datasets in %s. ./trainyard up creates MNIST; ./trainyard dataset convert creates others.",
                    folder));
        } else {
            console.result(table.toString());
        }
        return exitCode;
    }

    /** @param check true to read every image as well */
    int show(String name, boolean check) throws CommandException {
        Path folder = DatasetFolder.find(name);
        DatasetManifest manifest = read(folder);
        if (check) {
            try {
                manifest.load(folder, Split.TRAIN);
                manifest.load(folder, Split.TEST);
            } catch (DatasetException e) {
                throw new CommandException(
                        ExitCodes.FAILED, e.getMessage(), "Recreate it: ./trainyard dataset convert IN.npz " + folder);
            }
        }
        if (console.json()) {
            console.result(json(folder, manifest).put("checked", check));
        } else {
            console.result(DatasetFormatter.of(folder, manifest, check));
        }
        return ExitCodes.SUCCESS;
    }

    private static DatasetManifest read(Path folder) throws CommandException {
        try {
            return DatasetManifest.read(folder);
        } catch (DatasetException e) {
            throw new CommandException(ExitCodes.NOT_FOUND, e.getMessage(), null);
        }
    }

    private static List<Path> folders(Path folder) throws CommandException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.filter(path -> Files.isRegularFile(path.resolve("dataset.json")))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw CommandException.usage("%s cannot be read: %s".formatted(folder, e.getMessage()), null);
        }
    }

    private static long bytes(DatasetManifest manifest) {
        return manifest.shards().stream()
                .mapToLong(DatasetManifest.Shard::bytes)
                .sum();
    }

    private static ObjectNode json(Path folder, DatasetManifest manifest) {
        return Json.object()
                .put("folder", folder.toString())
                .put("name", manifest.name())
                .put("train", manifest.size(Split.TRAIN))
                .put("test", manifest.size(Split.TEST))
                .put("shards", manifest.shards().size())
                .put("bytes", bytes(manifest))
                .put("digest", manifest.digest());
    }
}
