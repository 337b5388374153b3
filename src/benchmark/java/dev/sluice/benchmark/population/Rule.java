package dev.sluice.benchmark.population;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A cell of a table that speaks about people and visits in words.
 *
 * <p>{@code checkup+old diabetes} holds at the checkups of old people, and whenever somebody has diabetes. {@code
 * obesity*1.5 female+old*0.9} multiplies a number for those of whom the words are true.
 */
record Rule(List<Term> terms) {
    private static final Pattern SPACE = Pattern.compile(" ");
    private static final Pattern AND = Pattern.compile("\\+");

    private record Term(List<String> words, double factor) {
        static Term of(String text) {
            int star = text.indexOf('*');
            double factor = star < 0 ? 1 : Double.parseDouble(text.substring(star + 1));
            String words = star < 0 ? text : text.substring(0, star);
            return new Term(AND.splitAsStream(words).toList(), factor);
        }
    }

    static Rule of(String text) {
        return new Rule(SPACE.splitAsStream(text)
                .filter(term -> !term.isEmpty())
                .map(Term::of)
                .toList());
    }

    boolean holds(Set<String> words) {
        return terms.stream().anyMatch(term -> words.containsAll(term.words));
    }

    /** The product of the factors that apply. */
    double factor(Set<String> words) {
        return terms.stream()
                .filter(term -> words.containsAll(term.words))
                .mapToDouble(Term::factor)
                .reduce(1, (one, other) -> one * other);
    }

    boolean mentions(String word) {
        return terms.stream().anyMatch(term -> term.words.contains(word));
    }
}
