package dev.sluice;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;

/** What the architecture rules look at: the same code as class files and as source. */
record Code(JavaClasses classes, List<SourceFile> sources) {
    private static final Path MAIN_SOURCES = Path.of("src/main/java");
    private static final Path TEST_SOURCES = Path.of("src/test/java");

    /** Sluice itself, without its tests. */
    static Code ofSluice() {
        return of(SluiceApplication.class, MAIN_SOURCES);
    }

    /** The tests, without what they test. */
    static Code ofTests() {
        return of(Code.class, TEST_SOURCES);
    }

    private static Code of(Class<?> member, Path sources) {
        try {
            Path compiled = Path.of(
                    member.getProtectionDomain().getCodeSource().getLocation().toURI());
            return new Code(new ClassFileImporter().importPath(compiled), SourceFile.below(sources));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
