package dev.sluice;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.have;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.BE_ANNOTATED_WITH_AN_INJECTION_ANNOTATION;
import static com.tngtech.archunit.library.GeneralCodingRules.THROW_GENERIC_EXCEPTIONS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static dev.sluice.ArchitectureChecks.inEachFile;
import static dev.sluice.ArchitectureChecks.onlyIn;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import jakarta.persistence.Entity;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.data.repository.Repository;
import org.springframework.stereotype.Component;
import org.springframework.stereotype.Controller;

/**
 * The architecture of Sluice, one sentence a rule. {@link ArchitectureTest} holds the code to them, {@link
 * ArchitectureSeedsTest} breaks each of them once.
 */
enum ArchitectureRule {
    PACKAGES_FORM_NO_CYCLE(
            "No package depends on itself by a detour.",
            slices().matching("dev.sluice.(*)..").should().beFreeOfCycles()),
    PACKAGES_ARE_FLAT("No package has a sub-package.", noClasses().should().resideInAPackage("dev.sluice.*.*..")),
    PACKAGES_STAND_IN_THE_TABLE(
            "Every package stands in the table of who may know whom.",
            classes().should(PackageTable.standInTheTable())),
    PACKAGES_KEEP_TO_THE_TABLE(
            "A package knows only those that the table allows.",
            classes().should(PackageTable.knowOnlyWhatTheTableAllows())),
    LEAVES_ARE_CLOSED(
            "No type of export and console is public, but the entry of export that feed uses.",
            classes()
                    .that()
                    .resideInAnyPackage("dev.sluice.export", "dev.sluice.console")
                    .and()
                    .doNotHaveFullyQualifiedName("dev.sluice.export.ExportService")
                    .and()
                    .areTopLevelClasses()
                    .should()
                    .notBePublic()),
    IMPORT_HAS_ONE_DOOR(
            "At most one type of bulkimport is public: the entry that demo uses.",
            ArchitectureChecks::secondDoorsOfImport),
    PACKAGES_ARE_SMALL("No package has more than 40 files.", ArchitectureChecks::largePackages),
    NAMES_ARE_USED_ONCE("No two types have the same simple name.", ArchitectureChecks::namesUsedTwice),
    JDBC_IS_IN_STORE(
            "Only database, store, planner and replica speak JDBC.",
            onlyIn(Set.of("database", "store", "planner", "replica"), "java.sql..", "org.postgresql..")),
    DATA_SOURCES_ARE_HANDED_TO_STORE(
            "Only database, store and replica use a data source; filter and output hand it to store.",
            onlyIn(Set.of("database", "store", "replica", "filter", "output"), "javax.sql..")),
    JPA_IS_IN_JOB(
            "Only job, oauth, audit, disclosure and feed use JPA and Spring Data.",
            onlyIn(
                    Set.of("job", "oauth", "audit", "disclosure", "feed"),
                    "jakarta.persistence..",
                    "org.springframework.data..")),
    AZURE_IS_IN_BLOB("Only blob and deidservice know Azure.", onlyIn(Set.of("blob", "deidservice"), "com.azure..")),
    PARQUET_IS_IN_LAKE("Only lake knows Parquet.", onlyIn(Set.of("lake"), "org.apache.parquet..")),
    HAPI_IS_AT_THE_EDGE(
            "Only r4, ingest and web use HAPI: an export never builds a HAPI object.",
            onlyIn(Set.of("r4", "ingest", "web"), "org.hl7.fhir..", "ca.uhn..")),
    HTTP_IS_AT_THE_EDGE(
            "Only export, viewexport, ingest, bulkimport, web, console, security, audit, disclosure, oauth, oidc, signin and feed know HTTP.",
            onlyIn(
                    Set.of(
                            "export viewexport ingest bulkimport web console security audit disclosure oauth oidc signin feed"
                                    .split(" ")),
                    "org.springframework.web..",
                    "org.springframework.http..",
                    "jakarta.servlet..")),
    ROWS_AND_FILES_ARE_BYTES(
            "Store and blob do not know JSON.",
            noClasses()
                    .that()
                    .resideInAnyPackage("dev.sluice.store", "dev.sluice.blob")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("tools.jackson..")),
    JACKSON_IS_JACKSON_3(
            "Nobody uses Jackson 2; its annotations are those of Jackson 3 too.",
            noClasses()
                    .should()
                    .dependOnClassesThat(resideInAPackage("com.fasterxml.jackson..")
                            .and(not(resideInAPackage("com.fasterxml.jackson.annotation.."))))),
    PICOCLI_IS_IN_CLI("Only cli knows picocli.", onlyIn(Set.of("cli"), "picocli..")),
    WRITING_NEEDS_NO_FRAMEWORK(
            "The words of FHIR, JSON, filters, files, plans, what writes their files, and the command line need no Spring.",
            noClasses()
                    .that()
                    .resideInAnyPackage(
                            "dev.sluice.fhir",
                            "dev.sluice.json",
                            "dev.sluice.r4",
                            "dev.sluice.match",
                            "dev.sluice.filter",
                            "dev.sluice.view",
                            "dev.sluice.blob",
                            "dev.sluice.plan",
                            "dev.sluice.output",
                            "dev.sluice.cli",
                            "dev.sluice.bulkclient",
                            "dev.sluice.comparison",
                            "dev.sluice.doctor")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.springframework..")),

    STORE_KNOWS_NO_STATUS(
            "The store throws no HTTP status.",
            noClasses()
                    .that()
                    .resideInAPackage("dev.sluice.store")
                    .should()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("dev.sluice.fhir.FhirException")),
    STORE_KNOWS_NO_JOB(
            "Store and output name no job: neither its id nor the working tables of its plan.",
            ArchitectureChecks::namesOfJobs),

    SPRING_PIECES_ARE_PRIVATE(
            "Entities, repositories, controllers and settings are not public.",
            classes()
                    .that()
                    .areAnnotatedWith(Entity.class)
                    .or()
                    .areAssignableTo(Repository.class)
                    .or()
                    .areMetaAnnotatedWith(Controller.class)
                    .or()
                    .areAnnotatedWith(ConfigurationProperties.class)
                    .should()
                    .notBePublic()),
    SETTINGS_ARE_RECORDS(
            "Configuration properties are bound to records named *Settings.",
            classes()
                    .that()
                    .areAnnotatedWith(ConfigurationProperties.class)
                    .should()
                    .beRecords()
                    .andShould()
                    .haveSimpleNameEndingWith("Settings")),
    SETTINGS_ARE_THE_ONLY_WAY_IN(
            "Nobody reads configuration by @Value or Environment, but check, report and choice of components.",
            noClasses()
                    .that()
                    .haveNameNotMatching("dev\\.sluice\\.(Settings(Check|Configuration|Report)|WorkerComponents)")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.springframework.core.env..")
                    .orShould()
                    .dependOnClassesThat()
                    .areAssignableTo(Value.class)),
    NOTHING_IS_INJECTED_INTO_FIELDS(
            "Nothing is injected into a field.", noFields().should(BE_ANNOTATED_WITH_AN_INJECTION_ANNOTATION)),
    COMPONENTS_HAVE_ONE_CONSTRUCTOR(
            "A Spring component has one constructor.",
            classes()
                    .that()
                    .areMetaAnnotatedWith(Component.class)
                    .and()
                    .areNotInterfaces()
                    .should(have(describe(
                            "one constructor",
                            (JavaClass type) -> type.getConstructors().size() == 1)))),
    COMPONENTS_HAVE_NO_STATE(
            "The fields of a Spring component, and static fields, are final.",
            fields().that()
                    .areStatic()
                    .or()
                    .areDeclaredInClassesThat()
                    .areMetaAnnotatedWith(Component.class)
                    .should()
                    .beFinal()),
    STATE_IS_PRIVATE(
            "A field that changes is private.",
            fields().that().areNotFinal().should().bePrivate()),
    STATE_CHANGES_ARE_VERBS(
            "No method is a setter, except where a library's type demands it.",
            noMethods()
                    .that(not(ArchitectureChecks.overrideALibrary()))
                    .should()
                    .haveNameMatching("set[A-Z].*")),
    TIME_COMES_FROM_A_CLOCK(
            "Nobody asks the system for the time.",
            noClasses().should().accessTargetWhere(ArchitectureChecks.readTheTime())),
    THE_CLOCK_COMES_FROM_THE_ROOT(
            "Only the root package makes a clock.",
            noClasses()
                    .that()
                    .resideOutsideOfPackage("dev.sluice")
                    .should()
                    .accessTargetWhere(ArchitectureChecks.makeAClock())),
    NOTHING_DEPENDS_ON_THE_MACHINE(
            "Nobody goes by the language, the encoding or the time zone of the machine.",
            noClasses().should().accessTargetWhere(MachineDefaults.decide())),
    FILES_ARE_PRIVATE(
            "Only the package files creates files and folders, which no other user can open then.",
            noClasses()
                    .that()
                    .resideOutsideOfPackage("dev.sluice.files")
                    .should()
                    .accessTargetWhere(ArchitectureChecks.createAFile())),
    ZLIB_USES_NO_ARRAY(
            "Zlib reads and writes buffers outside of the heap only, so that it does not hold up the garbage collection.",
            noClasses().should().accessTargetWhere(ArchitectureChecks.haveZlibUseAnArray())),
    OUTPUT_IS_LOGGED(
            "Nobody writes to the standard streams, except a command line.",
            noClasses().that().resideOutsideOfPackage("dev.sluice.cli").should(ACCESS_STANDARD_STREAMS)),
    EXCEPTIONS_HAVE_NAMES(
            "Nobody throws an exception without a name of its own.", noClasses().should(THROW_GENERIC_EXCEPTIONS)),
    NAMES_SAY_SOMETHING(
            "No type is a util, a helper, a manager, an impl, abstract or base by name.",
            noClasses()
                    .should()
                    .haveNameMatching(".*[.$](\\w*(Utils?|Helper|Manager|Impl)|Abstract\\w*"
                            // A base URL and Base64 are things of their own.
                            + "|Base(?!Url|64)[A-Z]\\w*)")),

    FILES_ARE_SHORT("A file has at most 300 lines.", code -> inEachFile(code, file -> file.longFile(300))),
    METHODS_ARE_SHORT("A method has at most 40 lines.", code -> inEachFile(code, file -> file.longMethods(40))),
    CONSTRUCTORS_ARE_NARROW(
            "A constructor takes at most 5 parameters, except in records.",
            code -> inEachFile(code, file -> file.wideConstructors(5))),
    ONLY_JOB_CATCHES_THROWABLE(
            "Nobody catches Throwable but job, which has to write down how a unit ended.",
            code -> inEachFile(
                    code,
                    file -> file.packageName().equals("dev.sluice.job") ? Stream.of() : file.catchesOfThrowable())),
    PUBLIC_TYPES_ARE_EXPLAINED(
            "Every public type has Javadoc.", code -> inEachFile(code, SourceFile::unexplainedPublicTypes)),
    PARAMETERS_ARE_LISTED_ONCE(
            "The name of a parameter of $export is written in the list of parameters and nowhere else.",
            ArchitectureChecks::secondPlacesOfParameterNames),
    TESTS_THAT_START_SOMETHING_ARE_TAGGED(
            "A test that starts a server, a database or a process is an @IntegrationTest.", StartingTests::withoutTag),
    PACKAGES_HAVE_A_LABEL(
            "Every package has a package-info with text and @NullMarked.", ArchitectureChecks::packagesWithoutLabel);

    private final String sentence;

    @SuppressWarnings("ImmutableEnumChecker") // A lambda cannot say that it is immutable.
    private final Check check;

    private interface Check {
        List<String> violations(Code code);
    }

    ArchitectureRule(String sentence, Check check) {
        this.sentence = sentence;
        this.check = check;
    }

    /** A package that a rule is about may be missing in the code that is looked at, as it is in the seeds. */
    ArchitectureRule(String sentence, ArchRule rule) {
        this(
                sentence,
                code -> rule.allowEmptyShould(true)
                        .evaluate(code.classes())
                        .getFailureReport()
                        .getDetails());
    }

    /** One line for each place that breaks the rule. */
    List<String> violations(Code code) {
        return check.violations(code);
    }

    @Override
    public String toString() {
        return sentence;
    }
}
