package dev.sluice.deid;

import dev.sluice.deid.Rule.Cases;
import dev.sluice.deid.Rule.HashLength;
import dev.sluice.json.JsonTape;
import dev.sluice.r4.ElementModel;
import dev.sluice.rulepath.PathState.Role;
import java.time.LocalDate;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The methods on values, with the keys and parameters of one export. Immutable. */
final class ValueMethods {
    /** The types that free text has. */
    private static final Set<String> TEXTS = Set.of("string", "markdown", "xhtml");

    private final RuleParameters parameters;
    private final LocalDate today;
    private final DateShift dateShift;
    private final Encryption encryption;
    private final Noise noise;
    private final DeidServices services;

    /** By the number of the rule. */
    private final CryptoHash[] hashes;

    private final @Nullable Generalization[] generalizations;

    ValueMethods(RuleFile file, DeidKeys keys, LocalDate today, DeidServices services) {
        this.services = services;
        this.parameters = file.parameters();
        this.today = today;
        this.dateShift = dateShift(parameters, keys);
        CryptoHash whole = new CryptoHash(keys.cryptoHash());
        this.encryption = new Encryption(keys.encrypt(), parameters.deterministicEncryption());
        this.noise = new Noise(keys.noise());
        this.hashes = new CryptoHash[file.size() + 1];
        this.generalizations = new Generalization[file.size() + 1];
        for (Rule rule : file.rules()) {
            generalizations[rule.number()] =
                    rule.settings() instanceof Cases cases ? new Generalization(rule, cases) : null;
            hashes[rule.number()] =
                    rule.settings() instanceof HashLength length ? whole.truncated(length.digits()) : whole;
        }
    }

    private static DateShift dateShift(RuleParameters parameters, DeidKeys keys) {
        Integer fixed = parameters.fixedOffset();
        if (fixed != null) {
            return DateShift.fixed(fixed);
        }
        return parameters.shiftPerPatient() || parameters.wholeWeeks() || !keys.likeMicrosoft()
                ? DateShift.keyed(keys.keyedShift(), parameters.wholeWeeks())
                : DateShift.likeMicrosoft(keys.dateShift());
    }

    /** What may remain of a value of this role that is redacted; null if nothing. */
    @Nullable
    String redact(Role role, String value) {
        return switch (role) {
            case DATE -> parameters.partialDates() ? PartialDates.year(value, today) : null;
            case AGE -> parameters.partialAges() && !PartialDates.isOver89(value) ? value : null;
            case POSTAL_CODE -> parameters.partialZipCodes() ? area(value) : null;
            default -> null;
        };
    }

    private @Nullable String area(String value) {
        String code = parameters.strictValues() ? value.strip() : value;
        return !parameters.strictValues() || PostalCodes.isOfUnitedStates(code)
                ? PostalCodes.area(code, parameters.restrictedZipCodes())
                : null;
    }

    /** How many days the dates move that belong to an id. */
    int days(String id) {
        return dateShift.days(id);
    }

    /** The date, moved; null if it cannot be. */
    @Nullable
    String shift(String value, int days) {
        return DateShift.shift(value, days, today);
    }

    String hash(Rule rule, Role role, String value) {
        CryptoHash hash = hashes[rule.number()];
        return role == Role.REFERENCE ? hash.reference(reference(value)) : hash.value(value);
    }

    /** What the service leaves of free text; null for a value of another type. */
    @Nullable
    String scrub(Rule rule, ElementModel type, String value) {
        return TEXTS.contains(type.name()) ? services.scrub(rule, value) : null;
    }

    String pseudonym(Rule rule, Role role, String value) {
        return role == Role.REFERENCE
                ? ReferenceIds.replace(reference(value), id -> services.pseudonym(rule, id))
                : services.pseudonym(rule, value);
    }

    private String reference(String text) {
        return parameters.relativeReferences() ? ReferenceIds.relative(text) : text;
    }

    /** Whether values are kept only if they have the form that such values have. */
    boolean isStrict() {
        return parameters.strictValues();
    }

    /** What a rule makes of a value of this type; nothing if it removes it. */
    Optional<String> generalize(Rule rule, String type, String value) {
        return Objects.requireNonNull(generalizations[rule.number()]).apply(type, value);
    }

    /** The hash of a value that is no reference, without a copy of it. */
    String hash(Rule rule, JsonTape tape, int node) {
        int length = tape.end(node) - tape.start(node) - 2;
        return hashes[rule.number()].value(tape.json(), tape.start(node) + 1, length);
    }

    String encrypt(String value) {
        return encryption.encrypt(value);
    }

    /**
     * A number with noise; null if it cannot remain.
     *
     * @param resource its type and id
     * @param path the place in it
     */
    @Nullable
    String perturb(Perturbation perturbation, Role role, String value, String resource, String path) {
        Perturbation.Type type = switch (role) {
            case INTEGER -> Perturbation.Type.INTEGER;
            case UNSIGNED_INT -> Perturbation.Type.UNSIGNED_INT;
            case POSITIVE_INT -> Perturbation.Type.POSITIVE_INT;
            default -> Perturbation.Type.DECIMAL;
        };
        return perturbation.apply(value, type, noise.at(resource, path));
    }
}
