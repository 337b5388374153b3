package dev.sluice;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What the command {@code doctor} printed in a process of its own.
 *
 * @param exitCode of the process
 * @param output its lines
 */
public record DoctorProcess(int exitCode, List<String> output) {
    /** Runs it in this folder, which is its home too. */
    public static DoctorProcess run(Path folder, String... settings) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SluiceApplication.class.getName(),
                "doctor",
                "--sluice.home=" + folder.resolve("home")));
        command.addAll(List.of(settings));
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!process.waitFor(90, TimeUnit.SECONDS)) {
                throw new IOException("It hangs after: " + Files.readString(output));
            }
        } finally {
            process.destroyForcibly();
        }
        return new DoctorProcess(process.exitValue(), Files.readAllLines(output));
    }

    /** The lines that begin with these two words, without them. */
    public List<String> lines(String level, String topic) {
        return output.stream()
                .filter(line -> line.matches(level + " +" + topic + " .*"))
                .map(line -> line.replaceFirst("\\w+ +\\w+ +", ""))
                .toList();
    }
}
