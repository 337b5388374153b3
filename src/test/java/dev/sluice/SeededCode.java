package dev.sluice;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.net.URI;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles small Java texts, all at once, and shows each group of them to the rules as if it were a program. */
final class SeededCode {
    private static final Pattern PACKAGE = Pattern.compile("package ([\\w.]+);");
    private static final Pattern TYPE = Pattern.compile("\\b(?:class|record|interface|enum) (\\w+)");
    private static final Pattern LINE_BREAKS = Pattern.compile("\\{(\\d+)}");

    private final JavaClasses classes;

    private SeededCode(JavaClasses classes) {
        this.classes = classes;
    }

    /** A file from its short form: {@code store: class Row {300}} is a class of store with 300 line breaks. */
    static String file(String shortForm) {
        String[] parts = shortForm.split(":", 2);
        String statement = "package " + (parts[0].isBlank() ? "dev.sluice" : "dev.sluice." + parts[0].strip()) + ";";
        String text = LINE_BREAKS.matcher(parts[1]).replaceAll(count -> "\n".repeat(Integer.parseInt(count.group(1))));
        return text.contains("package;") ? text.replace("package;", statement) : statement + text;
    }

    /** Every text is one compilation unit; no type may be in two of them. */
    static SeededCode compile(Path folder, Collection<String> texts) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> faults = new DiagnosticCollector<>();
        List<String> options = List.of("-proc:none", "-nowarn", "-d", folder.toString());
        boolean compiled = compiler.getTask(null, null, faults, options, null, unitsOf(texts))
                .call();
        if (!compiled) {
            throw new AssertionError("a seed must break a rule, not the compiler: " + faults.getDiagnostics());
        }
        return new SeededCode(new ClassFileImporter().importPath(folder));
    }

    /** The program that these files make, the other seeds left out. */
    Code of(Collection<String> texts) {
        Set<String> names =
                texts.stream().map(text -> packageOf(text) + "." + typeOf(text)).collect(Collectors.toSet());
        DescribedPredicate<JavaClass> seeded = DescribedPredicate.describe(
                "seeded", type -> names.contains(type.getName().replaceAll("\\$.*", "")));
        return new Code(classes.that(seeded), SourceFile.parse(unitsOf(texts)));
    }

    private static List<JavaFileObject> unitsOf(Collection<String> texts) {
        return texts.stream().<JavaFileObject>map(Unit::new).toList();
    }

    private static String packageOf(String text) {
        return first(PACKAGE, text, "");
    }

    private static String typeOf(String text) {
        return first(TYPE, text.substring(text.indexOf(';')), "package-info");
    }

    private static String first(Pattern pattern, String text, String otherwise) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1) : otherwise;
    }

    private static final class Unit extends SimpleJavaFileObject {
        private final String text;

        Unit(String text) {
            super(
                    URI.create("seed:///" + packageOf(text).replace('.', '/') + "/" + typeOf(text) + ".java"),
                    JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
