package dev.sluice.rulepath;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.r4.ElementModel;
import dev.sluice.r4.ElementModel.Child;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far the paths of all rules have come at an element. Two elements of one type at which they have come as far share a
 * state, so that what follows from it is found out once. Safe for use by any number of threads.
 */
public final class PathState {
    /** No rule. */
    public static final int NONE = Integer.MAX_VALUE;

    /** What a method has to know of a value beside its text. */
    public enum Role {
        DATE,
        AGE,
        POSTAL_CODE,
        REFERENCE,
        REFERENCE_TYPE,
        STATE,
        COUNTRY,
        URI,
        UNIT,

        /** A name that a machine gave. */
        NAME,
        QUANTITY,
        DECIMAL,
        INTEGER,
        UNSIGNED_INT,
        POSITIVE_INT,
        BOOLEAN,
        OTHER
    }

    /**
     * How far a path has come.
     *
     * @param path the place of its rule in the file, from 0
     * @param step the part of the path that comes next
     * @param rank the order of its rule: the lowest one decides. Rules of a resource come before those of the resources in
     *     it, so it may be negative.
     */
    public record Position(int path, int step, int rank) {}

    /**
     * What a field of an element leads to.
     *
     * @param place of the child in its type
     * @param target the state of its elements; null if that differs between them
     * @param arriving the paths that have come there, before conditions are tested
     * @param answers the states to which the conditions lead
     */
    public record Transition(
            int place,
            Child child,
            @Nullable PathState target,
            List<Position> arriving,
            Answers answers,
            byte[] valueName,
            byte[] besideName) {
        Transition(int place, Child child, @Nullable PathState target, List<Position> arriving) {
            this(
                    place,
                    child,
                    target,
                    arriving,
                    new Answers(),
                    child.field().getBytes(UTF_8),
                    ("_" + child.field()).getBytes(UTF_8));
        }

        /** The name of the values, if the field holds what is beside them; else the name of that. */
        public byte[] otherName(boolean beside) {
            return beside ? valueName : besideName;
        }
    }

    private final ElementModel type;
    private final Role role;
    private final int match;
    private final List<Position> waiting;
    private final @Nullable Transition[] transitions;

    PathState(ElementModel type, Role role, int match, List<Position> waiting) {
        this.type = type;
        this.role = role;
        this.match = match;
        this.waiting = waiting;
        this.transitions = new Transition[type.children().size()];
    }

    public ElementModel type() {
        return type;
    }

    public Role role() {
        return role;
    }

    /** The lowest rank of the rules that select such an element, or {@link #NONE}. */
    public int match() {
        return match;
    }

    /** The paths that go on below it. */
    List<Position> waiting() {
        return waiting;
    }

    /** By the place of the child in its type. Found out at their first use; several threads may do that. */
    @Nullable
    Transition[] transitions() {
        return transitions;
    }

    public static Role role(ElementModel parent, Child child) {
        return switch (child.type().name()) {
            case "date", "dateTime", "instant" -> Role.DATE;
            case "decimal" -> number(parent);
            case "uri", "canonical", "url" -> parent.name().equals("Reference") ? Role.REFERENCE_TYPE : Role.URI;
            case "code" -> child.name().equals("contentType") ? Role.NAME : Role.OTHER;
            case "integer" -> Role.INTEGER;
            case "unsignedInt" -> Role.UNSIGNED_INT;
            case "positiveInt" -> Role.POSITIVE_INT;
            case "boolean" -> Role.BOOLEAN;
            case "string" -> text(parent, child);
            default -> Role.OTHER;
        };
    }

    private static Role number(ElementModel parent) {
        boolean age = parent.name().equals("Age");
        return age ? Role.AGE : parent.is("Quantity") ? Role.QUANTITY : Role.DECIMAL;
    }

    private static Role text(ElementModel parent, Child child) {
        return switch (child.name()) {
            case "postalCode" -> Role.POSTAL_CODE;
            case "linkId" -> Role.NAME;
            case "unit" -> Role.UNIT;
            case "reference" -> parent.name().equals("Reference") ? Role.REFERENCE : Role.OTHER;
            case "state" -> parent.name().equals("Address") ? Role.STATE : Role.OTHER;
            case "country" -> parent.name().equals("Address") ? Role.COUNTRY : Role.OTHER;
            default -> Role.OTHER;
        };
    }
}
