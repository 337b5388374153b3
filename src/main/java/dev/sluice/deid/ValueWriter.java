package dev.sluice.deid;

import static dev.sluice.deid.SecurityLabels.ABSTRACTED;
import static dev.sluice.deid.SecurityLabels.GENERALIZED;
import static dev.sluice.deid.SecurityLabels.HASHED;
import static dev.sluice.deid.SecurityLabels.MASKED;
import static dev.sluice.deid.SecurityLabels.PERTURBED;
import static dev.sluice.deid.SecurityLabels.PSEUDONYMIZED;
import static dev.sluice.deid.SecurityLabels.REDACTED;
import static dev.sluice.deid.SecurityLabels.SUBSTITUTED;

import dev.sluice.deid.Rule.Perturbing;
import dev.sluice.deid.Rule.Replacement;
import dev.sluice.json.JsonTape;
import dev.sluice.r4.ElementModel;
import dev.sluice.rulepath.PathState;
import dev.sluice.rulepath.PathState.Role;
import dev.sluice.rulepath.StrictValues;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Writes what a rule leaves of a primitive value. Immutable. */
final class ValueWriter {
    private static final Set<Role> NUMBERS =
            EnumSet.of(Role.DECIMAL, Role.AGE, Role.QUANTITY, Role.INTEGER, Role.UNSIGNED_INT, Role.POSITIVE_INT);

    /** A larger value would be in memory several times while it is changed. */
    private static final int LARGEST = 4 << 20;

    private final ValueMethods methods;

    ValueWriter(ValueMethods methods) {
        this.methods = methods;
    }

    /** Writes a value; returns whether anything remains of it. */
    boolean write(ResourceRun run, int node, PathState state, Rule rule, int rank) {
        if (rule.method() == Method.KEEP) {
            return keep(run, node, state, rule);
        }
        if (run.tape().end(node) - run.tape().start(node) > LARGEST) {
            return large(run, node, state, rule);
        }
        String text = run.tape().text(node);
        String result = change(run, rule, state, rank, text, node);
        if (result == null) {
            return false;
        }
        if (result.equals(text)) {
            return copy(run, node, state.type());
        }
        boolean number = run.tape().kind(node) == JsonTape.WORD;
        switch (rule.method()) {
            case SUBSTITUTE, GENERALIZE -> replace(run, rule, state.type(), result);
            case CRYPTO_HASH, ENCRYPT, PSEUDONYMIZE -> put(run, result, false);
            default -> put(run, result, number);
        }
        return true;
    }

    /** The same for a value that is too large to be in memory several times, such as an attachment. */
    private boolean large(ResourceRun run, int node, PathState state, Rule rule) {
        boolean hashed = rule.method() == Method.CRYPTO_HASH
                && state.role() == Role.OTHER
                && run.tape().kind(node) == JsonTape.STRING
                && !run.tape().isEscaped(node);
        if (hashed) {
            put(run, methods.hash(rule, run.tape(), node), false);
            run.changed(rule, HASHED);
            return true;
        }
        switch (rule.method()) {
            case CRYPTO_HASH, ENCRYPT, GENERALIZE, SCRUB, PSEUDONYMIZE ->
                throw DeidentificationException.processing(
                        rule,
                        "a value is larger than 4 MB, too large for "
                                + rule.method().text());
            case DATE_SHIFT, PERTURB -> {
                if (state.role() != Role.DATE && !NUMBERS.contains(state.role())) {
                    return copy(run, node, state.type());
                }
            }
            default -> {}
        }
        String replacement = rule.method() == Method.SUBSTITUTE ? replacement(rule) : null;
        if (replacement != null) {
            replace(run, rule, state.type(), replacement);
        }
        run.changed(rule, replacement == null ? REDACTED : SUBSTITUTED);
        return replacement != null;
    }

    /** The text that a rule leaves of an id, which is empty if it leaves nothing. It is not counted. */
    String id(String id, PathState state, Rule rule) {
        return switch (rule.method()) {
            case KEEP, PERTURB, DATE_SHIFT, ENCRYPT -> id;
            case SUBSTITUTE -> Objects.requireNonNullElse(replacement(rule), "");
            case CRYPTO_HASH -> methods.hash(rule, state.role(), id);
            case PSEUDONYMIZE -> methods.pseudonym(rule, state.role(), id);
            default -> "";
        };
    }

    private boolean keep(ResourceRun run, int node, PathState state, Rule rule) {
        if (!state.type().hasForm(run.tape(), node) || isUsual(run, node, state.role())) {
            return copy(run, node, state.type());
        }
        run.changed(rule, REDACTED);
        return false;
    }

    private boolean isUsual(ResourceRun run, int node, Role role) {
        return !methods.isStrict() || StrictValues.isUsual(run.tape(), run.object(), node, role);
    }

    /** Writes a value as it is stored, unless it is none of its type; returns whether it is. */
    static boolean copy(ResourceRun run, int node, ElementModel type) {
        if (!type.hasForm(run.tape(), node)) {
            run.leftOut();
            return false;
        }
        run.out().value(run.tape().json(), run.tape().start(node), run.tape().end(node));
        return true;
    }

    private static void replace(ResourceRun run, Rule rule, ElementModel type, String result) {
        String fault = type.faultOfWord(result);
        if (fault != null) {
            throw rule.method() == Method.GENERALIZE
                    ? DeidentificationException.processing(
                            rule, "the value of a case must be " + fault + ", for a value of type " + type.name())
                    : DeidentificationException.notApplicable(
                            rule, "replaceWith must be " + fault + ", for a value of type " + type.name());
        }
        put(run, result, !type.isQuoted());
    }

    private static void put(ResourceRun run, String text, boolean raw) {
        if (raw) {
            run.out().raw(text);
        } else {
            run.out().string(text);
        }
    }

    private @Nullable String change(ResourceRun run, Rule rule, PathState state, int rank, String text, int node) {
        return switch (rule.method()) {
            case REDACT -> redact(run, rule, state.role(), text, node);
            case DATE_SHIFT -> state.role() == Role.DATE ? shift(run, rule, rank, text, node) : text;
            case CRYPTO_HASH -> changed(run, rule, HASHED, methods.hash(rule, state.role(), text));
            case ENCRYPT -> changed(run, rule, MASKED, methods.encrypt(text));
            case PERTURB -> perturb(run, rule, state.role(), text, node);
            case SUBSTITUTE -> changed(run, rule, SUBSTITUTED, replacement(rule));
            case SCRUB -> changed(run, rule, REDACTED, methods.scrub(rule, state.type(), text));
            case PSEUDONYMIZE -> changed(run, rule, PSEUDONYMIZED, methods.pseudonym(rule, state.role(), text));
            case GENERALIZE ->
                changed(
                        run,
                        rule,
                        GENERALIZED,
                        methods.generalize(rule, state.type().name(), text).orElse(null));
            default -> changed(run, rule, REDACTED, null);
        };
    }

    private static @Nullable String changed(ResourceRun run, Rule rule, int label, @Nullable String result) {
        run.changed(rule, label);
        return result;
    }

    private @Nullable String redact(ResourceRun run, Rule rule, Role role, String text, int node) {
        boolean unusual = role == Role.AGE && !isUsual(run, node, role);
        String rest = unusual ? null : methods.redact(role, text);
        boolean abstracted = role == Role.POSTAL_CODE && rest != null;
        return changed(run, rule, abstracted ? ABSTRACTED : REDACTED, rest);
    }

    private @Nullable String shift(ResourceRun run, Rule rule, int rank, String text, int node) {
        String shifted = methods.shift(text, methods.days(run.identity().shiftId(rank, run.depth())));
        return shifted == null ? redact(run, rule, Role.DATE, text, node) : changed(run, rule, PERTURBED, shifted);
    }

    private @Nullable String perturb(ResourceRun run, Rule rule, Role role, String text, int node) {
        if (!NUMBERS.contains(role)) {
            return text;
        }
        String path = run.tape().path(node);
        String result = methods.perturb(
                ((Perturbing) rule.settings()).perturbation(),
                role,
                text,
                run.identity().key(),
                path);
        return changed(run, rule, PERTURBED, result);
    }

    private static @Nullable String replacement(Rule rule) {
        JsonNode value = ((Replacement) rule.settings()).value();
        if (value == null) {
            return null;
        }
        if (value.isContainer()) {
            throw DeidentificationException.notApplicable(rule, "replaceWith is an object, but the element is none");
        }
        return value.asString();
    }
}
