package dev.sluice;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;

/** What the architecture rules look at: the same code as class files and as source. */
record Code(JavaClasses classes, List<SourceFile> sources) {
    static final Path MAIN_SOURCES = Path.of("src/main/java");
    static final Path TEST_SOURCES = Path.of("src/test/java");

    /** Sluice itself, without its tests. */
    static Code ofSluice() {
        try {
            Path compiled = Path.of(SluiceApplication.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return new Code(new ClassFileImporter().importPath(compiled), SourceFile.below(MAIN_SOURCES));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
