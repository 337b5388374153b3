package dev.sluice.doctor;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** On a {@link Check}, or on the method that makes it: the command {@code doctor} runs it. */
@Documented
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface Examines {
    /** The topic of the check. */
    Topic value();

    /** Whether the check cannot be made without the database. */
    boolean needsDatabase() default false;
}
