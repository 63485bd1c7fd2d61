package dev.trainyard.cli.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.command.CommandGroup;
import dev.trainyard.cli.command.DurationConverter;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.gateway.Deadline;
import dev.trainyard.cli.gateway.GatewayClient;
import dev.trainyard.job.JobStatus;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code trainyard jobs …}. */
@Command(
        name = "jobs",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        addMethodSubcommands = false,
        description = "Lists, watches and controls jobs.")
public final class JobsCommand extends CommandGroup {
    public JobsCommand(CommandContext context) {
        super(context);
    }

    @Command(name = "ls", mixinStandardHelpOptions = true, description = "Lists jobs, the newest first.")
    int list(
            @Option(
                            names = "--status",
                            paramLabel = "STATUS",
                            completionCandidates = Statuses.class,
                            description = "Only jobs with this status: ${COMPLETION-CANDIDATES}.")
                    String status,
            @Option(names = "--pool", paramLabel = "NAME", description = "Only jobs of this pool of trainers.")
                    String pool,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "20",
                            description = "Maximum number (default 20).")
                    int limit,
            @Option(names = "--all", description = "List all.") boolean all)
            throws CommandException {
        return new JobListPrinter(context()).print(status, pool, all ? Integer.MAX_VALUE : limit);
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Shows a job's epochs, transitions, result and configuration.")
    int show(@Parameters(paramLabel = JobKeys.LABEL, description = JobKeys.DESCRIPTION) String word)
            throws CommandException {
        GatewayClient gateway = context().gateway();
        JsonNode job = JobKeys.job(gateway, JobKeys.resolve(gateway, word));
        if (context().console().json()) {
            context().console().result(job);
        } else {
            context().console().result(JobDetailsFormatter.of(context().console(), job));
        }
        return ExitCodes.SUCCESS;
    }

    @Command(
            name = "watch",
            mixinStandardHelpOptions = true,
            description = "Follows a job until it ends; the exit status reflects the result.",
            footer = {"", "Ctrl-C stops watching; the job continues."})
    int watch(
            @Parameters(paramLabel = JobKeys.LABEL, description = JobKeys.DESCRIPTION) String word,
            @Option(
                            names = "--timeout",
                            paramLabel = "TIME",
                            converter = DurationConverter.class,
                            description = "Stop watching after 90, 90s, 10m, 2h, with exit status 124.")
                    Duration timeout)
            throws CommandException, InterruptedException {
        Deadline deadline = Deadline.in(timeout);
        GatewayClient gateway = context().gateway(deadline);
        return new JobWatcher(context(), gateway, JobKeys.resolve(gateway, word), deadline).follow();
    }

    @Command(name = "cancel", mixinStandardHelpOptions = true, description = "Cancels jobs that have not ended.")
    int cancel(@Mixin JobSelection selection) throws CommandException {
        return act("cancel", selection);
    }

    @Command(
            name = "pause",
            mixinStandardHelpOptions = true,
            description = "Pauses queued or training jobs and frees their workers.")
    int pause(@Mixin JobSelection selection) throws CommandException {
        return act("pause", selection);
    }

    @Command(
            name = "resume",
            mixinStandardHelpOptions = true,
            description = "Queues paused jobs again; they continue from their newest checkpoint.")
    int resume(@Mixin JobSelection selection) throws CommandException {
        return act("resume", selection);
    }

    @Command(name = "retry", mixinStandardHelpOptions = true, description = "Retries failed jobs.")
    int retry(@Mixin JobSelection selection) throws CommandException {
        return act("retry", selection);
    }

    @Command(
            name = "compare",
            mixinStandardHelpOptions = true,
            description = "Compares the parameters and results of 2 to 10 jobs.")
    int compare(
            @Parameters(paramLabel = JobKeys.LABEL, arity = "2..*", description = JobKeys.DESCRIPTION)
                    List<String> words)
            throws CommandException {
        return new JobComparison(context()).print(words);
    }

    private int act(String action, JobSelection selection) throws CommandException {
        return selection.isFilter()
                ? new BulkJobAction(context(), action).of(selection)
                : new JobAction(context(), action).of(selection.words());
    }

    static final class Statuses implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(JobStatus.values()).map(JobStatus::label).iterator();
        }
    }
}
