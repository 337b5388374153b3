package dev.sluice;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.util.Calendar;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What {@link ArchitectureRule} needs and ArchUnit does not have. */
final class ArchitectureChecks {
    private ArchitectureChecks() {}

    /** A rule by which some libraries are used in some packages only. */
    static ArchRule onlyIn(Set<String> features, String... libraries) {
        String[] homes =
                features.stream().map(feature -> "dev.sluice." + feature).toArray(String[]::new);
        return noClasses()
                .that()
                .resideOutsideOfPackages(homes)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(libraries);
    }

    static DescribedPredicate<JavaAccess<?>> readTheTime() {
        return describe("read the system's time", access -> {
            String owner = access.getTargetOwner().getName();
            return switch (access.getName()) {
                case "now" ->
                    owner.startsWith("java.time.") && !parametersOf(access).contains(Clock.class.getName());
                case "currentTimeMillis" -> owner.equals(System.class.getName());
                case "getInstance" -> owner.equals(Calendar.class.getName());
                case "<init>" ->
                    owner.equals(Date.class.getName()) && parametersOf(access).isEmpty();
                default -> false;
            };
        });
    }

    static DescribedPredicate<JavaAccess<?>> makeAClock() {
        return describe(
                "make a clock",
                access -> access.getTargetOwner().isEquivalentTo(Clock.class)
                        && access.getName().matches("system.*|tick[A-Z].*"));
    }

    /** Temporary files are private by themselves. A channel can create the file that it opens. */
    static DescribedPredicate<JavaAccess<?>> createAFile() {
        return describe("create a file", access -> {
            String owner = access.getTargetOwner().getName();
            String name = access.getName();
            return switch (owner) {
                case "java.nio.file.Files" ->
                    name.matches(
                            "create(File|Director(y|ies))|write\\w*|copy|new(OutputStream|BufferedWriter|ByteChannel)");
                case "java.nio.channels.FileChannel", "java.nio.channels.AsynchronousFileChannel" ->
                    name.equals("open");
                case "java.io.File" -> name.matches("mkdirs?|createNewFile");
                default -> owner.matches("java\\.io\\.(FileOutputStream|FileWriter|RandomAccessFile)");
            };
        });
    }

    static DescribedPredicate<JavaAccess<?>> haveZlibUseAnArray() {
        return describe("have zlib use an array", access -> {
            String owner = access.getTargetOwner().getName();
            return (owner.matches("java\\.util\\.zip\\.(Inflater|Deflater)")
                            && parametersOf(access).contains(byte[].class.getName()))
                    || owner.matches("java\\.util\\.zip\\.(Inflater|Deflater|GZIP)(In|Out)putStream");
        });
    }

    static DescribedPredicate<JavaMethod> overrideALibrary() {
        return describe(
                "override a method of a library",
                method -> Stream.concat(
                                method.getOwner().getAllRawSuperclasses().stream(),
                                method.getOwner().getAllRawInterfaces().stream())
                        .filter(type -> !PackageTable.isOurs(type))
                        .anyMatch(type -> type.tryGetMethod(
                                        method.getName(),
                                        method.getRawParameterTypes().stream()
                                                .map(JavaClass::getName)
                                                .toArray(String[]::new))
                                .isPresent()));
    }

    private static List<String> parametersOf(JavaAccess<?> access) {
        return access.getTarget() instanceof CodeUnitAccessTarget target
                ? target.getRawParameterTypes().stream().map(JavaClass::getName).toList()
                : List.of();
    }

    /** The public types of bulkimport, if they are more than one. */
    static List<String> secondDoorsOfImport(Code code) {
        List<String> doors = code.classes().stream()
                .filter(type -> PackageTable.featureOf(type).equals("bulkimport") && type.isTopLevelClass())
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .map(JavaClass::getName)
                .toList();
        return doors.size() > 1 ? doors : List.of();
    }

    /** Nobody finds his way in a package of more files. */
    private static final int MOST_FILES = 40;

    static List<String> largePackages(Code code) {
        Map<String, Long> files =
                code.sources().stream().collect(Collectors.groupingBy(SourceFile::packageName, Collectors.counting()));
        return files.entrySet().stream()
                .filter(entry -> entry.getValue() > MOST_FILES)
                .map(entry -> entry.getKey() + " has " + entry.getValue() + " files")
                .toList();
    }

    static List<String> namesUsedTwice(Code code) {
        Map<String, List<String>> types = code.classes().stream()
                .filter(type ->
                        !type.isAnonymousClass() && !type.getSimpleName().isEmpty())
                .filter(type -> !type.getSimpleName().equals("package-info"))
                .filter(JavaClass::isTopLevelClass)
                .collect(Collectors.groupingBy(
                        JavaClass::getSimpleName, Collectors.mapping(JavaClass::getName, Collectors.toList())));
        return types.values().stream()
                .filter(names -> names.size() > 1)
                .map(Object::toString)
                .toList();
    }

    private static final Pattern OF_JOBS = Pattern.compile(
            "\\b(job|jobId|job_id|work_unit|cohort|(included|organized)_(attempt|row|reference|count))\\b");

    /** What store and output name of jobs and of their working tables, in SQL or by a variable. */
    static List<String> namesOfJobs(Code code) {
        return code.sources().stream()
                .filter(file -> Set.of("dev.sluice.store", "dev.sluice.output").contains(file.packageName()))
                .flatMap(file -> Stream.concat(file.strings(), file.variables())
                        .filter(OF_JOBS.asPredicate())
                        .map(text -> file.packageName() + " " + file.name() + " names a job: " + text))
                .toList();
    }

    static List<String> packagesWithoutLabel(Code code) {
        Set<String> labelled = code.sources().stream()
                .filter(SourceFile::isLabel)
                .map(SourceFile::packageName)
                .collect(Collectors.toSet());
        return code.sources().stream()
                .map(SourceFile::packageName)
                .distinct()
                .filter(name -> !labelled.contains(name))
                .map(name -> name + " has no package-info with text and @NullMarked")
                .toList();
    }

    /**
     * Other files than the list of export's parameters that have a name of one as a string. Search parameters of FHIR have
     * some of these names too, in the packages of filters, and a client of other servers sends them. A name that is also an ordinary word, such as {@code patient}, is free.
     */
    static List<String> secondPlacesOfParameterNames(Code code) {
        Predicate<SourceFile> list = file -> file.name().equals("ExportParameter.java");
        Set<String> names = code.sources().stream()
                .filter(list)
                .flatMap(SourceFile::strings)
                .filter(text -> text.matches("_\\w+|[a-z]+[A-Z]\\w*"))
                .collect(Collectors.toSet());
        return code.sources().stream()
                .filter(list.negate())
                .filter(file -> !Set.of(
                                "dev.sluice.r4",
                                "dev.sluice.match",
                                "dev.sluice.filter",
                                "dev.sluice.audit",
                                "dev.sluice.disclosure",
                                "dev.sluice.bulkclient")
                        .contains(file.packageName()))
                .flatMap(file -> file.strings().filter(names::contains).map(name -> file.name() + " has " + name))
                .toList();
    }

    static List<String> inEachFile(Code code, Function<SourceFile, Stream<String>> check) {
        return code.sources().stream().flatMap(check).toList();
    }
}
