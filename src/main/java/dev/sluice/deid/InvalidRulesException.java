package dev.sluice.deid;

/** A rule file that cannot be used. The message names the rule and the reason, and says what to do. */
public final class InvalidRulesException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public InvalidRulesException(String message) {
        super(message);
    }

    /** A rule that cannot be used. */
    static InvalidRulesException of(int rule, String path, String reason) {
        return new InvalidRulesException("Rule " + rule + ", path '" + path + "': " + reason);
    }
}
