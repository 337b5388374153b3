package dev.sluice.soak;

import dev.sluice.soak.LoadClient.Export;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Clients that export: whole exports, whose lines are compared with the store; a chain; and clients that change their mind. */
final class ExportLoad {
    private static final String FILTER = "&_typeFilter=Observation%3F";
    private static final Pattern KEY = Pattern.compile("\\{\"resourceType\":\"(\\w+)\",\"id\":\"([^\"]+)\"");
    private static final Pattern DELETION = Pattern.compile("\"url\":\"(\\w+/[^\"]+)\"");

    private final Function<String, LoadClient> clients;
    private final KeptResources kept;

    /** What the client of the chain holds. */
    private final Map<String, String> held = new TreeMap<>();

    private String since = "2000-01-01T00:00:00Z";
    private int turn;

    ExportLoad(Function<String, LoadClient> clients, KeptResources kept) {
        this.clients = clients;
        this.kept = kept;
    }

    void begin(Load load) {
        List<String> all = kept.ofPatients(n -> true);
        compare(load, 3_000, "export of the system", "/$export?_type=Patient,Observation", all);
        compare(load, 4_000, "export of patients", "/Patient/$export?_type=Patient,Observation", all);
        compare(
                load,
                4_000,
                "export of a group",
                "/Group/g/$export?_type=Patient,Observation",
                kept.ofPatients(n -> n < KeptResources.PATIENTS / 2));
        compare(
                load,
                5_000,
                "export with a filter",
                "/$export?_type=Observation" + FILTER + "code=http://loinc.org%7Cc3",
                kept.observations(n -> n % 10 == 3));
        compare(
                load,
                5_000,
                "export with a chain",
                "/$export?_type=Observation" + FILTER + "subject:Patient.gender=male",
                kept.observations(n -> n % 2 == 1));
        every(load, 6_000, "export of everything", this::everything);
        every(load, 2_000, "export with _since", this::next);
        every(load, 5_000, "export, organized", this::organized);
        every(load, 3_000, "export, cancelled", this::cancel);
    }

    private void compare(Load load, long pauseMillis, String name, String path, List<String> expected) {
        every(load, pauseMillis, name, client -> {
            Optional<Export> export = client.export(path);
            if (export.isPresent()) {
                String difference =
                        KeptResources.difference(expected, export.get().output());
                if (!difference.isEmpty()) {
                    client.tally().fault(client.name(), difference);
                }
                client.tally().compared(export.get().output().size());
                client.delete(export.get().job());
            }
        });
    }

    private interface Use {
        void by(LoadClient client) throws IOException, InterruptedException;
    }

    private void every(Load load, long pauseMillis, String name, Use use) {
        LoadClient client = clients.apply(name);
        load.every(pauseMillis, name, () -> use.by(client));
    }

    /** It stays until its retention ends. */
    private void everything(LoadClient client) throws IOException, InterruptedException {
        Optional<Export> export = client.export("/$export");
        if (export.isPresent()) {
            Set<String> keys = new HashSet<>();
            export.get().output().stream()
                    .map(ExportLoad::key)
                    .filter(key -> !keys.add(key))
                    .forEach(key -> client.tally().fault(client.name(), key + " is there twice"));
            client.tally().compared(export.get().output().size());
        }
    }

    private void organized(LoadClient client) throws IOException, InterruptedException {
        Optional<Export> export = client.export("/Patient/$export?_type=Patient,Observation&organizeOutputBy=Patient");
        if (export.isPresent()) {
            long observations = export.get().output().stream()
                    .filter(line -> line.startsWith("{\"resourceType\":\"Observation\""))
                    .count();
            if (observations != kept.observations(n -> true).size()) {
                client.tally().fault(client.name(), observations + " Observations");
            }
            client.delete(export.get().job());
        }
    }

    private void cancel(LoadClient client) throws IOException, InterruptedException {
        Optional<String> job = client.kickOff(turn % 2 == 0 ? "/$export" : "/Group/g/$export");
        if (job.isPresent()) {
            Thread.sleep(100L * (turn % 10));
            client.delete(job.get());
            client.sendUntilTaken(client.request("GET", job.get()), 404);
        }
        turn++;
    }

    /** The next export of the chain. */
    private void next(LoadClient client) throws IOException, InterruptedException {
        Optional<Export> export = client.export("/$export?_type=Basic&_since=" + since);
        if (export.isPresent()) {
            for (String bundle : export.get().deleted()) {
                Matcher deletion = DELETION.matcher(bundle);
                while (deletion.find()) {
                    held.remove(deletion.group(1));
                }
            }
            export.get().output().forEach(line -> held.put(key(line), line));
            since = export.get().transactionTime();
            client.delete(export.get().job());
        }
    }

    /**
     * Compares what the chain holds with a whole export, and both with what was written. Nobody writes meanwhile.
     *
     * @param written the text of each resource that exists, by type and id
     */
    void compareChain(Map<String, String> written) throws IOException, InterruptedException {
        LoadClient client = clients.apply("export with _since");
        String before = since;
        while (since.equals(before)) {
            next(client);
        }
        Optional<Export> whole = client.export("/$export?_type=Basic");
        while (whole.isEmpty()) {
            whole = client.export("/$export?_type=Basic");
        }
        List<String> expected = List.copyOf(written.values());
        for (List<String> lines :
                List.of(List.copyOf(held.values()), whole.get().output())) {
            String difference = KeptResources.difference(expected, lines);
            if (!difference.isEmpty()) {
                client.tally().fault(client.name(), "of what was written, it " + difference);
            }
            client.tally().compared(lines.size());
        }
    }

    private static String key(String line) {
        Matcher key = KEY.matcher(line);
        return key.lookingAt() ? key.group(1) + "/" + key.group(2) : line;
    }
}
