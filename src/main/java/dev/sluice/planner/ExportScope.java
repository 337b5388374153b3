package dev.sluice.planner;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** The level of an export, which decides whose data it takes: one of the three levels of the Bulk Data IG. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "level")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ExportScope.Everything.class, name = "system"),
    @JsonSubTypes.Type(value = ExportScope.AllPatients.class, name = "patient"),
    @JsonSubTypes.Type(value = ExportScope.GroupMembers.class, name = "group")
})
public sealed interface ExportScope {
    /** {@code [base]/$export}: every resource. */
    record Everything() implements ExportScope {}

    /** {@code [base]/Patient/$export}: the compartments of all patients. */
    record AllPatients() implements ExportScope {}

    /**
     * {@code [base]/Group/[id]/$export}: the compartments of a group's members, and the Group itself.
     *
     * @param id the Group's checked id
     */
    record GroupMembers(String id) implements ExportScope {}

    /** Whose data it is, in words. */
    default String text() {
        return this instanceof GroupMembers group
                ? "Group/" + group.id()
                : this instanceof AllPatients ? "all patients" : "everything";
    }

    /** The word for the level, such as {@code group}. */
    default String level() {
        return this instanceof GroupMembers ? "group" : this instanceof AllPatients ? "patient" : "system";
    }

    /** The number of segments of the kick-off's path below the base. */
    default int depth() {
        return this instanceof Everything ? 1 : this instanceof AllPatients ? 2 : 3;
    }
}
