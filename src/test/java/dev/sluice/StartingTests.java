package dev.sluice;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.platform.commons.annotation.Testable;

/** Finds test classes that start a server, a database or another process, by themselves or by a class that they use. */
final class StartingTests {
    /** What starts something. */
    private static final Set<String> STARTERS = Set.of(
            "java.lang.ProcessBuilder",
            "io.zonky.test.db.postgres.embedded.EmbeddedPostgres",
            "org.springframework.boot.SpringApplication");

    private StartingTests() {}

    /** Those without {@link IntegrationTest}. */
    static List<String> withoutTag(Code code) {
        Set<JavaClass> starting = starting(code);
        return starting.stream()
                .filter(type -> !type.getModifiers().contains(JavaModifier.ABSTRACT))
                .filter(type ->
                        type.getAllMethods().stream().anyMatch(method -> method.isMetaAnnotatedWith(Testable.class)))
                .filter(type ->
                        withOuterAndSuper(type).noneMatch(each -> each.isMetaAnnotatedWith(IntegrationTest.class)))
                .map(type -> type.getName() + " starts something and is no @IntegrationTest")
                .sorted()
                .toList();
    }

    private static Set<JavaClass> starting(Code code) {
        Set<JavaClass> starting = new HashSet<>();
        List<JavaClass> rest = new ArrayList<>(code.classes());
        while (rest.removeIf(type -> reaches(type, starting) && starting.add(type))) {
            // Each round adds the classes that use one of the round before.
        }
        return starting;
    }

    private static boolean reaches(JavaClass type, Set<JavaClass> starting) {
        return type.getDirectDependenciesFromSelf().stream()
                .map(Dependency::getTargetClass)
                .anyMatch(target -> STARTERS.contains(target.getName()) || starting.contains(target));
    }

    private static Stream<JavaClass> withOuterAndSuper(JavaClass type) {
        Stream<JavaClass> supers = type.getRawSuperclass().stream().flatMap(StartingTests::withOuterAndSuper);
        Stream<JavaClass> outer = type.getEnclosingClass().stream().flatMap(StartingTests::withOuterAndSuper);
        return Stream.concat(Stream.of(type), Stream.concat(supers, outer));
    }
}
