package dev.sluice.console;

import org.apache.commons.lang3.StringUtils;
import org.jspecify.annotations.Nullable;

/**
 * Why a job failed, with the cause first.
 *
 * @param cause what is wrong, and what to do about it
 * @param around what the engine says about it, such as how often it has tried; empty = nothing
 */
record JobFault(String cause, String around) {
    /** After it stands the cause, in the sentence of a job that was tried several times. */
    private static final String LAST = "; the last time: ";

    static @Nullable JobFault of(@Nullable String sentence) {
        if (sentence == null) {
            return null;
        }
        return sentence.contains(LAST)
                ? new JobFault(
                        StringUtils.substringAfter(sentence, LAST), StringUtils.substringBefore(sentence, LAST) + ".")
                : new JobFault(sentence, "");
    }
}
