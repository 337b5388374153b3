package dev.sluice.monitor;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.lang3.StringUtils;

/**
 * What a client requested, in words.
 *
 * @param level whose data an export takes: {@code system}, {@code patient} or {@code group}; {@code files} for an import
 * @param url the URL of the kick-off
 * @param parameters the values of each parameter, shortened if there are many; also those in the body of the request
 * @param confidential the parameters whose values may be data of patients
 * @param text one line for a list, without data of patients
 * @param restricted whether its owner may have a part of some types only. Numbers of what the job reads would tell how much
 *     is outside that part
 */
public record JobDescription(
        String level,
        String url,
        Map<String, List<String>> parameters,
        Set<String> confidential,
        String text,
        boolean restricted) {
    /** Of a job that no describer can read, because another version recorded it. */
    static final JobDescription UNKNOWN =
            new JobDescription("", "", Map.of(), Set.of(), "recorded by another version of Sluice", true);

    public JobDescription {
        parameters = Map.copyOf(parameters);
        confidential = Set.copyOf(confidential);
    }

    /** The same without values that may be data of patients, for people who may not see the data of the job. */
    public JobDescription withoutData() {
        Map<String, List<String>> names = new TreeMap<>(parameters);
        names.replaceAll(
                (name, values) -> confidential.contains(name) ? List.of("(" + values.size() + " not shown)") : values);
        return new JobDescription(level, StringUtils.substringBefore(url, "?"), names, confidential, text, restricted);
    }
}
