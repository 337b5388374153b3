package dev.sluice.monitor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.lang3.StringUtils;
import org.jspecify.annotations.Nullable;

/**
 * What a client requested, in words.
 *
 * @param level whose data an export takes: {@code system}, {@code patient} or {@code group}; {@code files} for an import
 * @param group the id of the Group whose members an export takes; null = it takes others
 * @param operation such as {@code $export}; empty = not known
 * @param url the URL of the kick-off
 * @param parameters the values of each parameter, by its documented name; also those in the body of the request
 * @param confidential the parameters whose values may be data of patients
 * @param text one line for a list, without data of patients
 * @param restricted whether its owner may have a part of some types only. Numbers of what the job reads would tell how much
 *     is outside that part
 */
public record JobDescription(
        String level,
        @Nullable String group,
        String operation,
        String url,
        Map<String, List<String>> parameters,
        Set<String> confidential,
        String text,
        boolean restricted) {
    /** Of a job that no describer can read, because another version recorded it. */
    static final JobDescription UNKNOWN =
            new JobDescription("", null, "", "", Map.of(), Set.of(), "recorded by another version of Sluice", true);

    /** More values of a parameter are not listed; a request can name thousands of patients. */
    private static final int MOST_VALUES = 20;

    public JobDescription {
        parameters = Map.copyOf(parameters);
        confidential = Set.copyOf(confidential);
    }

    /** The same without values that may be data of patients, for people who may not see the data of the job. */
    public JobDescription withoutData() {
        Map<String, List<String>> names = new TreeMap<>(parameters);
        names.replaceAll(
                (name, values) -> confidential.contains(name) ? List.of("(" + values.size() + " not shown)") : values);
        return with(StringUtils.substringBefore(url, "?"), names);
    }

    /** The same with the first values of each parameter, and how many more there are. */
    JobDescription shortened() {
        Map<String, List<String>> first = new TreeMap<>(parameters);
        first.replaceAll((name, values) -> first(values));
        return with(url, first);
    }

    private JobDescription with(String shownUrl, Map<String, List<String>> shown) {
        return new JobDescription(level, group, operation, shownUrl, shown, confidential, text, restricted);
    }

    private static List<String> first(List<String> values) {
        if (values.size() <= MOST_VALUES) {
            return values;
        }
        List<String> first = new ArrayList<>(values.subList(0, MOST_VALUES));
        first.add("and " + (values.size() - MOST_VALUES) + " more");
        return first;
    }
}
