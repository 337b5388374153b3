package dev.sluice.spark;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.spark.SparkFiles;
import org.jspecify.annotations.Nullable;

/**
 * The queue of jobs in the database of the server, as {@code dev.sluice.JobWorker} of the server's jar has it. Each
 * process of Spark opens it once. Safe for use by any number of threads.
 */
final class JobQueue {
    /** The files that are submitted with the application, by their names. */
    static final String SERVER = "sluice.jar";

    static final String SETTINGS = "sluice.properties";

    private static final String WORKER = "dev.sluice.JobWorker";

    /** What this process has opened. */
    private static @Nullable JobQueue opened;

    private static @Nullable ServerJar unpacked;

    private static boolean ended;

    private final ClassLoader loader;
    private final Object worker;

    private JobQueue(ClassLoader loader, Object worker) {
        this.loader = loader;
        this.worker = worker;
    }

    /** Returns the queue of this process, and opens it if need be. */
    static synchronized JobQueue get() {
        if (ended) {
            throw new IllegalStateException("this process ends");
        }
        if (opened == null) {
            ServerJar jar = ServerJar.open(Path.of(SparkFiles.get(SERVER)));
            try {
                opened = open(jar.loader());
                unpacked = jar;
                Runtime.getRuntime().addShutdownHook(new Thread(JobQueue::end));
            } catch (RuntimeException e) {
                jar.close();
                throw e;
            }
        }
        return opened;
    }

    /** Hands the units of this process back and ends its threads, which would keep it alive. It opens no queue any more. */
    static synchronized void end() {
        ended = true;
        JobQueue queue = opened;
        ServerJar jar = unpacked;
        opened = null;
        unpacked = null;
        if (queue != null && jar != null) {
            queue.close(jar); // the classes are needed until the units are handed back
        }
    }

    private static JobQueue open(ClassLoader loader) {
        Map<String, String> settings = settings();
        // Spark kills an executor ten seconds after it was told to stop; units are handed back before.
        settings.putIfAbsent("sluice.export.shutdown-grace", "3s");
        try {
            Method open = loader.loadClass(WORKER).getMethod("open", Map.class);
            return new JobQueue(loader, call(loader, open, null, settings));
        } catch (ClassNotFoundException | NoSuchMethodException e) {
            throw new IllegalStateException(
                    "'" + SERVER + "' has no " + WORKER + ": it is another version of Sluice than this application.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while Sluice was started", e);
        }
    }

    /** The settings in the submitted file; variables of the environment are read by the server's code. */
    private static Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        Path file = Path.of(SparkFiles.get(SETTINGS));
        if (Files.exists(file)) {
            Properties properties = new Properties();
            try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
                properties.load(reader);
            } catch (IOException e) {
                throw new UncheckedIOException("'" + SETTINGS + "' cannot be read", e);
            }
            properties.stringPropertyNames().forEach(key -> settings.put(key, properties.getProperty(key)));
        }
        return settings;
    }

    /** Takes a step that is due and runs it to its end; false if none is due. */
    boolean runNext() throws InterruptedException {
        return (boolean) call("runNext");
    }

    /** The number of steps that are due and that no process does. */
    long due() throws InterruptedException {
        return (long) call("due");
    }

    /** Whether no step is due, and none will be within two minutes. */
    boolean isIdle() throws InterruptedException {
        return (boolean) call("isIdle");
    }

    private void close(ServerJar jar) {
        try {
            call("close");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            jar.close();
        }
    }

    private Object call(String method) throws InterruptedException {
        try {
            return call(loader, worker.getClass().getMethod(method), worker);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Calls the server's code. Its exceptions are made texts, since Spark cannot send their classes to the driver. */
    private static Object call(ClassLoader loader, Method method, @Nullable Object target, Object... arguments)
            throws InterruptedException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause();
            if (cause instanceof InterruptedException) {
                throw new InterruptedException(cause.getMessage());
            }
            throw new IllegalStateException(
                    cause instanceof IllegalStateException ? cause.getMessage() : cause.toString());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
