package dev.sluice.deid;

import org.jspecify.annotations.Nullable;

/**
 * The services that rules may use. Each is null if an operator has set none.
 *
 * @param scrubber takes out of free text what identifies a person
 * @param pseudonyms gives pseudonyms
 */
public record DeidServices(
        @Nullable TextScrubber scrubber, @Nullable PseudonymService pseudonyms) {
    /** Rules cannot use any. */
    public static final DeidServices NONE = new DeidServices(null, null);

    /**
     * Checks that all services exist that these rules use.
     *
     * @throws InvalidRulesException if one does not
     */
    public void requireFor(RuleFile rules) {
        for (Rule rule : rules.rules()) {
            boolean missing = (rule.method() == Method.SCRUB && scrubber == null)
                    || (rule.method() == Method.PSEUDONYMIZE && pseudonyms == null);
            if (missing) {
                throw InvalidRulesException.of(
                        rule.number(),
                        rule.path().text(),
                        "the method " + rule.method().text()
                                + " needs a service. An operator of the server can set one by"
                                + " sluice.deidentification."
                                + (rule.method() == Method.SCRUB ? "scrubber-url." : "pseudonym-url."));
            }
        }
    }

    /** @throws DeidentificationException if the service refuses the text */
    String scrub(Rule rule, String text) {
        return answer(rule, scrubber == null ? null : scrubber.scrub(text));
    }

    /** @throws DeidentificationException if the service refuses the value */
    String pseudonym(Rule rule, String value) {
        String domain = ((Rule.Domain) rule.settings()).name();
        return value.isEmpty() ? value : answer(rule, pseudonyms == null ? null : pseudonyms.pseudonym(domain, value));
    }

    private static String answer(Rule rule, @Nullable String answer) {
        if (answer == null) {
            throw DeidentificationException.processing(rule, "the service refuses a value of it");
        }
        return answer;
    }
}
