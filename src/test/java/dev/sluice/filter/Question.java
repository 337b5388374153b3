package dev.sluice.filter;

import dev.sluice.r4.SearchParameter;
import java.util.function.Predicate;

/**
 * The part of a query after {@code Type?}, with what the oracle says of it.
 *
 * @param takes which resources it takes
 */
record Question(String text, Predicate<Pool.Item> takes) {
    static Question of(SearchParameter parameter, Ask ask, Pool pool) {
        return new Question(
                parameter.name() + ask.modifier() + "=" + ask.value(),
                item -> pool.find(parameter, item).stream().anyMatch(ask.holds()) != ask.isNegated());
    }

    Question and(Question other) {
        return new Question(text + "&" + other.text, takes.and(other.takes));
    }

    /** The same parameter with the values of both; this question, if their modifiers differ or negate. */
    Question or(Question other) {
        String name = text.substring(0, text.indexOf('=') + 1);
        return other.text.startsWith(name) && !name.endsWith(":not=")
                ? new Question(text + "," + other.text.substring(name.length()), takes.or(other.takes))
                : this;
    }
}
