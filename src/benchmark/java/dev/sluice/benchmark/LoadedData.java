package dev.sluice.benchmark;

import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the database holds for the scenarios: the data, a dozen resources for the small export, a group, and changes.
 *
 * @param since a time after which one resource in a hundred was changed
 * @param members of the group
 * @param patients of the whole data
 */
record LoadedData(String since, int members, int patients) {
    static final String GROUP = "bench-hundred";
    static final String SMALL_TYPE = "Substance";
    private static final int SMALL = 12;

    /** Of 4,000 patients, a hundred. */
    private static final int PATIENTS_FOR_A_MEMBER = 40;

    private static final int MOST_MEMBERS = 100;
    private static final int CHANGED = 100;

    /** If nothing is sealed for so long, there is nothing left to seal: servers look every 15 s. */
    private static final int CALM_SECONDS = 40;

    /** Fills an empty database, or takes the one that an earlier run filled; then changes one row in a hundred. */
    static LoadedData in(Environment environment, Client client, Dataset data) {
        long rows = Postgres.number(environment.url(), "select count(*) from resource");
        if (rows == 0) {
            load(client, data);
        } else if (Postgres.number(environment.url(), "select count(*) from resource_group where id = '" + GROUP + "'")
                == 0) {
            throw new BenchmarkException(
                    "The database has " + rows + " rows that no benchmark has loaded; give it one that"
                            + " is empty, since it changes and adds resources.");
        }
        tidy(environment.url());
        int patients = (int)
                Postgres.number(environment.url(), "select count(*) from resource_patient where " + RawCopy.CURRENT);
        int members = group(environment, client, patients);
        Client.Export before = client.export("/$export?_type=" + SMALL_TYPE);
        environment.release(client, before);
        change(environment, client);
        seal(environment);
        tidy(environment.url());
        return new LoadedData(before.transactionTime(), members, patients);
    }

    /**
     * What servers do once rows have been at rest for five minutes. The changes are everywhere, so nearly all that was sealed
     * before is sealed again.
     */
    private static void seal(Environment environment) {
        environment.servers().sleep();
        long begun = System.nanoTime();
        Server sealer = environment.start(
                "sealer", environment.url(), environment.options().heap(), List.of("--sluice.seal.after=0s"));
        long lines = awaitSealed(List.of(environment.url()));
        sealer.close();
        Format.say("Sealed %,d resources within %.0f s.", lines, (System.nanoTime() - begun) / 1e9 - CALM_SECONDS);
    }

    /** Waits until servers seal nothing more in these databases, and returns how many resources are sealed. */
    static long awaitSealed(List<String> urls) {
        long lines = -1;
        for (int calm = 0; calm < CALM_SECONDS; calm++) {
            Client.pause(1_000);
            long now = urls.stream()
                    .mapToLong(url -> Postgres.number(url, "select coalesce(sum(lines), 0) from segment"))
                    .sum();
            calm = now == lines ? calm : 0;
            lines = now;
        }
        return lines;
    }

    /** What autovacuum and the checkpointer would do within minutes, in the middle of a round. */
    static void tidy(String url) {
        Postgres.execute(url, "vacuum analyze");
        Postgres.execute(url, "checkpoint");
    }

    private static void load(Client client, Dataset data) {
        for (int i = 1; i <= SMALL; i++) {
            client.put(
                    "/" + SMALL_TYPE + "/bench-" + i,
                    "{\"resourceType\":\"" + SMALL_TYPE + "\",\"id\":\"bench-" + i
                            + "\",\"code\":{\"text\":\"Substance " + i + "\"}}");
        }
        long begun = System.nanoTime();
        long lines = client.load(data.files());
        Format.say("Loaded %,d resources in %.1f s.", lines, (System.nanoTime() - begun) / 1e9);
    }

    private static int group(Environment environment, Client client, int patients) {
        int members = Math.max(1, Math.min(MOST_MEMBERS, patients / PATIENTS_FOR_A_MEMBER));
        ObjectNode group = FhirJson.MAPPER
                .createObjectNode()
                .put("resourceType", "Group")
                .put("id", GROUP)
                .put("type", "person")
                .put("actual", true);
        ArrayNode list = group.putArray("member");
        String chosen =
                "select id from resource_patient where " + RawCopy.CURRENT + " order by md5(id) limit " + members;
        for (String id : column(environment.url(), chosen)) {
            list.addObject().putObject("entity").put("reference", "Patient/" + id);
        }
        client.put("/Group/" + GROUP, group.toString());
        return members;
    }

    /** One resource in a hundred, of all types alike, gets another language. */
    private static void change(Environment environment, Client client) {
        Path file = environment.folder().resolve("changed.ndjson");
        String chosen = "select body from resource where " + RawCopy.CURRENT + " and key % " + CHANGED + " = 7";
        try (OutputStream out = Files.newOutputStream(file)) {
            for (String body : column(environment.url(), chosen)) {
                ObjectNode resource = FhirJson.parseObject(body.getBytes(StandardCharsets.UTF_8));
                resource.put("language", resource.path("language").asString("").equals("en") ? "de" : "en");
                out.write((resource + "\n").getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new BenchmarkException("The changes could not be written", e);
        }
        try {
            client.load(BodyPublishers.ofFile(file));
        } catch (IOException e) {
            throw new BenchmarkException("The changes could not be read", e);
        }
    }

    private static List<String> column(String url, String sql) {
        List<String> values = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        } catch (SQLException e) {
            throw new BenchmarkException(sql, e);
        }
    }
}
