package dev.sluice.spark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;

/** A standalone master of Spark with two workers of a core each, on the loopback interface. */
final class SparkCluster implements AutoCloseable {
    private static final Path HOME = Path.of(System.getProperty("spark.home"));

    private final Path logs;
    private final String url;
    private final List<JavaProcess> processes = new ArrayList<>();
    private int applications;

    SparkCluster(Path logs) throws IOException {
        this.logs = logs;
        JavaProcess master = start("master", "org.apache.spark.deploy.master.Master", "--port", "0");
        this.url = master.awaitOutput("Starting Spark master at (spark://\\S+)");
        for (int i = 1; i <= 2; i++) {
            JavaProcess worker = start(
                    "worker-" + i,
                    "org.apache.spark.deploy.worker.Worker",
                    "--cores",
                    "1",
                    "--memory",
                    "1g",
                    "--work-dir",
                    logs.resolve("work-" + i).toString(),
                    url);
            worker.awaitOutput("(Successfully registered with master)");
        }
    }

    private JavaProcess start(String name, String type, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of("-Xmx256m", type, "--host", "127.0.0.1", "--webui-port", "0"));
        all.addAll(List.of(arguments));
        JavaProcess process = spark(name, all);
        processes.add(process);
        return process;
    }

    /** Submits the application with these settings of the server. */
    JavaProcess submit(Path settings, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "-Xmx512m",
                "org.apache.spark.deploy.SparkSubmit",
                "--master",
                url,
                "--class",
                "dev.sluice.spark.SparkWorkers",
                "--conf",
                "spark.driver.host=127.0.0.1",
                "--conf",
                "spark.driver.bindAddress=127.0.0.1",
                "--conf",
                "spark.executor.memory=512m",
                "--conf",
                "spark.ui.enabled=false",
                "--files",
                System.getProperty("sluice.jar") + "," + settings,
                System.getProperty("spark.application")));
        all.addAll(List.of(arguments));
        JavaProcess application = spark("application-" + ++applications, all);
        processes.add(application);
        return application;
    }

    private JavaProcess spark(String name, List<String> arguments) throws IOException {
        List<String> all =
                new ArrayList<>(List.of(JavaModuleOptions.defaultModuleOptions().split(" ")));
        all.addAll(List.of("-cp", JavaProcess.jars(HOME.resolve("jars"))));
        all.addAll(arguments);
        return JavaProcess.start(
                logs.resolve(name + ".log"),
                Map.of("SPARK_HOME", HOME.toString(), "SPARK_LOCAL_IP", "127.0.0.1", "SPARK_SCALA_VERSION", "2.13"),
                all);
    }

    /** The processes that run tasks: only workers start any. */
    Stream<ProcessHandle> executors() {
        return processes.stream().flatMap(process -> process.handle().descendants());
    }

    @Override
    public void close() {
        for (int i = processes.size() - 1; i >= 0; i--) {
            processes.get(i).close();
        }
    }
}
