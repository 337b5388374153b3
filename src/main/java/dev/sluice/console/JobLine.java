package dev.sluice.console;

import dev.sluice.monitor.JobState;
import dev.sluice.monitor.JobSummary;
import java.time.Instant;
import java.util.UUID;
import org.apache.commons.lang3.StringUtils;
import org.jspecify.annotations.Nullable;

/**
 * A job in words, as a line of the list and as the head of its page.
 *
 * @param title what it does
 * @param detail what narrows it; empty = nothing does
 * @param open whether it has not ended
 * @param remaining when it will end, in words; empty = not known
 * @param amount what it has done
 * @param rate empty = not known
 * @param client the id of the client that it belongs to; empty in open mode
 */
record JobLine(
        UUID id,
        String kind,
        String title,
        String detail,
        String state,
        String stateText,
        boolean open,
        int percent,
        String remaining,
        String amount,
        String rate,
        String client,
        Instant created) {

    static JobLine of(JobSummary job, Words words) {
        return new JobLine(
                job.id(),
                job.kind(),
                title(job),
                detail(job),
                job.state().text(),
                word(job.state()),
                !job.state().isEnd(),
                job.progress().percent(),
                remaining(job, words),
                amount(job, words),
                rate(job.progress().bytesPerSecond(), words),
                StringUtils.substringAfterLast(job.owner(), " "),
                job.created());
    }

    static String word(JobState state) {
        return switch (state) {
            case ACCEPTED -> "Waiting";
            case RUNNING -> "Running";
            case PAUSED -> "Paused";
            case COMPLETED -> "Completed";
            case FAILED -> "Failed";
        };
    }

    private static String title(JobSummary job) {
        return switch (job.request().level()) {
            case "system" -> "Export of all data";
            case "patient" -> "Export of all patients";
            case "group" -> "Export of group " + job.request().group();
            case "files" -> "Import of files";
            default -> job.kind().equals("export") ? "Export" : StringUtils.capitalize(job.kind());
        };
    }

    private static String detail(JobSummary job) {
        StringBuilder detail = new StringBuilder();
        job.request()
                .parameters()
                .forEach((name, values) -> detail.append(detail.isEmpty() ? "" : " · ")
                        .append(name)
                        .append(' ')
                        .append(String.join(", ", values)));
        return StringUtils.abbreviate(detail.toString(), 140);
    }

    private static String remaining(JobSummary job, Words words) {
        return switch (job.state()) {
            case PAUSED -> "paused " + words.ago(job.paused());
            case ACCEPTED -> "is not planned yet";
            case RUNNING ->
                job.progress().end() == null
                        ? ""
                        : "about " + words.until(job.progress().end()) + " left";
            case COMPLETED, FAILED -> "";
        };
    }

    private static String amount(JobSummary job, Words words) {
        if (job.state() == JobState.FAILED) {
            return "failed at " + job.progress().percent() + " %";
        }
        long rows = job.writtenRows();
        return words.count(rows) + (rows == 1 ? " resource, " : " resources, ") + words.bytes(job.doneBytes());
    }

    static String rate(@Nullable Double bytesPerSecond, Words words) {
        return bytesPerSecond == null || bytesPerSecond < 1 ? "" : words.bytes(Math.round(bytesPerSecond)) + "/s";
    }
}
