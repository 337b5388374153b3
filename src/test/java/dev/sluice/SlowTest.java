package dev.sluice;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Marks an {@link IntegrationTest}, in its place, that takes more than half a minute while two others run on the same two cores.
 * {@code ./mvnw verify} leaves such classes out, {@code ./mvnw verify -Pslow} runs only these.
 */
@Inherited
@IntegrationTest
@Tag("slow")
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface SlowTest {}
