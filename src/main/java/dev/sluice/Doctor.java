package dev.sluice;

import dev.sluice.database.DatabaseTransport;
import dev.sluice.doctor.Check;
import dev.sluice.doctor.Examination;
import dev.sluice.doctor.Examines;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Topic;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.InvalidDataAccessResourceUsageException;

/** Checks for the command line and the console what a server with these settings would find: its database, its storage and the rest. */
final class Doctor {
    /** Longer than a storage or a database takes that tries again and then gives up with a reason. */
    private static final Duration LIMIT = Duration.ofSeconds(15);

    private record Announced(String bean, Examines check) {
        Topic topic() {
            return check.value();
        }
    }

    private Doctor() {}

    /**
     * Runs all checks. It changes nothing, except that it writes and removes a test file in the storage.
     *
     * @param settings those of the server, each {@code --key=value}
     * @param report gets each finding when it is known
     */
    static void examine(List<String> settings, Consumer<Finding> report) {
        try (ConfigurableApplicationContext context = CommandContext.of(DoctorConfiguration.class)
                .lazyInitialization(true)
                .run(CommandContext.arguments(settings))) {
            runChecks(context, report);
        } catch (RuntimeException e) {
            report.accept(finding(Topic.SETTINGS, e));
        }
    }

    /**
     * The same inside of a server, with its settings. The checks have beans and connections of their own, since they must
     * find what those of the server would hide. The context is a plain one: that of an application would set up logs again.
     */
    static void examine(ConfigurableApplicationContext server, Consumer<Finding> report) {
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            SettingsConfiguration.copy(server, context);
            context.getBeanFactory().setConversionService(ApplicationConversionService.getSharedInstance());
            context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor());
            context.register(DoctorConfiguration.class, DatabaseTransport.class);
            context.refresh();
            runChecks(context, report);
        } catch (RuntimeException e) {
            report.accept(finding(Topic.SETTINGS, e));
        }
    }

    private static void runChecks(ConfigurableApplicationContext context, Consumer<Finding> report) {
        Examination examination = new Examination(LIMIT, Doctor::finding, report);
        Arrays.stream(context.getBeanNamesForType(Check.class, true, false))
                .map(bean -> new Announced(
                        bean, Objects.requireNonNull(context.findAnnotationOnBean(bean, Examines.class, false))))
                .sorted(Comparator.comparing(Announced::topic).thenComparing(Announced::bean))
                .forEach(each -> examination.run(
                        each.topic(), each.check().needsDatabase(), () -> context.getBean(each.bean(), Check.class)));
    }

    private static Finding finding(Topic topic, Throwable fault) {
        return fault instanceof InvalidDataAccessResourceUsageException
                ? Finding.skipped(topic, "Not checked, because the tables do not exist yet, or cannot be read.")
                : Finding.problem(
                        topic,
                        StartFailureReporter.sentence(fault)
                                .orElseGet(() -> NestedExceptionUtils.getMostSpecificCause(fault)
                                                .getMessage() + "."),
                        "");
    }
}
