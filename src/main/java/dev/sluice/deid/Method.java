package dev.sluice.deid;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a rule does to an element. */
public enum Method {
    KEEP("keep"),
    REDACT("redact"),
    REMOVE("remove"),
    DATE_SHIFT("dateShift"),
    CRYPTO_HASH("cryptoHash"),
    ENCRYPT("encrypt"),
    SUBSTITUTE("substitute"),
    PERTURB("perturb"),
    GENERALIZE("generalize"),
    SCRUB("scrub"),
    PSEUDONYMIZE("pseudonymize");

    /** How the documentation spells each. */
    static final String ALL = Arrays.stream(values()).map(Method::text).collect(Collectors.joining(", "));

    private final String text;

    Method(String text) {
        this.text = text;
    }

    /** The name in a rule file. */
    public String text() {
        return text;
    }

    /** The method of this name, in whatever case. */
    static Optional<Method> find(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(method -> method.text.toLowerCase(Locale.ROOT).equals(lower))
                .findFirst();
    }
}
