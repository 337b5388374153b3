package dev.sluice.audit;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What somebody did. It has no content of resources, no token, and no value of a search.
 *
 * @param activity what kind it is
 * @param outcome what came of it
 * @param subject the job, the client, or the kind of request that it is about
 * @param detail more about it, such as types
 * @param amount how many events, rows or files
 */
public record Act(
        Activity activity,
        Outcome outcome,
        @Nullable String subject,
        @Nullable String detail,
        @Nullable Long amount) {
    /** The outcomes, with their codes in FHIR. */
    public enum Outcome {
        SUCCESS(0),
        REFUSED(4),
        FAILED(8);

        private final int code;

        Outcome(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }

        static Outcome of(int code) {
            return Arrays.stream(values())
                    .filter(each -> each.code == code)
                    .findFirst()
                    .orElse(FAILED);
        }
    }

    /** What succeeded, or is about to. */
    public static Act of(Activity activity, @Nullable String subject) {
        return new Act(activity, Outcome.SUCCESS, subject, null, null);
    }

    public Act with(String more) {
        return new Act(activity, outcome, subject, more, amount);
    }

    /** About what belongs to another owner than the one who did it, as it is recorded with a job. */
    public Act belongingTo(String owner, String doneBy) {
        return owner.equals(doneBy) ? this : with("of " + owner);
    }

    public Act amount(long many) {
        return new Act(activity, outcome, subject, detail, many);
    }

    public Act outcome(Outcome other) {
        return new Act(activity, other, subject, detail, amount);
    }
}
