package dev.sluice.security;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says who may call a handler of requests. A handler without it is denied to everybody. */
@Documented
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface Access {
    /** Who may call it. */
    Rule value();

    /** A rule of access. */
    enum Rule {
        /** Everybody, also without a token. It gives nothing about patients. */
        PUBLIC,
        /** Who has a token. The handler checks the permissions for the types and jobs that the request names. */
        CHECKED_BY_HANDLER,
        /** Who may export. */
        EXPORT,
        /** Who may import. */
        IMPORT,
        /** Who may export, or administer. */
        EXPORT_OR_ADMINISTER,
        /** Who may import, or administer. */
        IMPORT_OR_ADMINISTER,
        /** Who may see the jobs of all owners. */
        VIEW,
        /** Who may administer. */
        ADMINISTER
    }
}
