package dev.sluice.monitor;

import java.util.List;
import java.util.Map;

/**
 * What a client requested, in words.
 *
 * @param level whose data an export takes: {@code system}, {@code patient} or {@code group}; {@code files} for an import
 * @param url the URL of the kick-off
 * @param parameters the values of each parameter, shortened if there are many; also those in the body of the request
 * @param text one line for a list
 */
public record JobDescription(String level, String url, Map<String, List<String>> parameters, String text) {
    /** Of a job that no describer can read, because another version recorded it. */
    static final JobDescription UNKNOWN = new JobDescription("", "", Map.of(), "recorded by another version of Sluice");
}
