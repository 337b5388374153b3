package dev.sluice.security;

import java.util.EnumSet;
import java.util.Set;

/**
 * What a scope allows to do with resources: one letter of SMART's {@code cruds} each.
 *
 * @see <a href="https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html">SMART scopes, version 2</a>
 */
public enum Interaction {
    CREATE('c', "create"),
    READ('r', "read"),
    UPDATE('u', "update"),
    DELETE('d', "delete"),
    SEARCH('s', "search");

    private final char letter;
    private final String verb;

    Interaction(char letter, String verb) {
        this.letter = letter;
        this.verb = verb;
    }

    /** The word for it in a sentence. */
    String verb() {
        return verb;
    }

    char letter() {
        return letter;
    }

    /** The interactions of letters in the order {@code cruds}, each at most once; empty if they are not such letters. */
    static Set<Interaction> of(String letters) {
        Set<Interaction> all = EnumSet.noneOf(Interaction.class);
        int last = -1;
        for (int i = 0; i < letters.length(); i++) {
            int place = "cruds".indexOf(letters.charAt(i));
            if (place <= last) {
                return Set.of();
            }
            all.add(values()[place]);
            last = place;
        }
        return all;
    }
}
