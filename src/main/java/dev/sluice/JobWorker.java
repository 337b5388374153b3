package dev.sluice;

import dev.sluice.job.Workers;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Runs steps of jobs, one by one, in the threads of another program, such as the tasks of Apache Spark. It is a process like
 * that of the command {@code work}, without threads that take steps by themselves: leases, retries, limits and what is
 * recorded are the same. The other program has a class loader of its own for Sluice, so the methods have types of the JDK
 * only. Safe for use by any number of threads.
 */
public final class JobWorker implements AutoCloseable {
    private final ConfigurableApplicationContext context;
    private final Workers workers;

    private JobWorker(ConfigurableApplicationContext context) {
        this.context = context;
        this.workers = context.getBean(Workers.class);
    }

    /**
     * Connects to the database and the storage.
     *
     * @param settings those of the server, such as {@code spring.datasource.url}; they win over variables and files
     * @throws IllegalStateException if the settings, the database or the storage cannot be used; the message is a sentence
     */
    public static JobWorker open(Map<String, String> settings) {
        String[] arguments = Stream.concat(
                        settings.entrySet().stream().map(setting -> "--" + setting.getKey() + "=" + setting.getValue()),
                        Stream.of("--sluice.role=worker"))
                .toArray(String[]::new);
        ApplicationListener<ApplicationStartedEvent> started =
                event -> event.getApplicationContext().getBean(Workers.class).leaveStepsToCallers();
        try {
            return new JobWorker(new SpringApplicationBuilder(SluiceApplication.class)
                    .web(WebApplicationType.NONE)
                    .lazyInitialization(true)
                    .registerShutdownHook(false)
                    .logStartupInfo(false)
                    .listeners(started)
                    .run(arguments));
        } catch (RuntimeException e) {
            throw new IllegalStateException(StartFailureReporter.sentence(e).orElseGet(e::toString), e);
        }
    }

    /**
     * Takes a step that is due and runs it to its end. Returns false if none is due.
     *
     * @throws InterruptedException if the thread was interrupted; a unit is handed back then
     */
    public boolean runNext() throws InterruptedException {
        return workers.runNext();
    }

    /** The number of steps that are due and that no process does. */
    public long due() {
        return workers.due();
    }

    /** Whether this process runs no step, and none waits or will wait soon. */
    public boolean isIdle() {
        return workers.isIdle();
    }

    /**
     * Lets units that run end for {@code sluice.export.shutdown-grace}, hands the others back, and ends the connections. The
     * other program calls this before its process ends.
     */
    @Override
    public void close() {
        context.close();
    }
}
