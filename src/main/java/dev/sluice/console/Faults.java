package dev.sluice.console;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What is wrong with a form. The API says it in sentences that name the parameters.
 *
 * @param all the sentences
 */
record Faults(List<String> all) {
    /** The sentences about a parameter, to be shown beside its field. */
    public List<String> of(String parameter) {
        Pattern word = Pattern.compile("(?<![\\w.])" + Pattern.quote(parameter) + "(?!\\w)");
        return all.stream().filter(sentence -> word.matcher(sentence).find()).toList();
    }

    /** Whether a sentence is about one of these parameters. */
    public boolean isAbout(String... parameters) {
        return Stream.of(parameters).anyMatch(parameter -> !of(parameter).isEmpty());
    }
}
