package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The query by which Kubernetes and Container Apps start workers, on the tables of this version. */
@IntegrationTest
class QueueQueryTest {
    private static final Path CHART = Path.of("deploy/helm/sluice/templates/worker.yaml");
    private static final Path BICEP = Path.of("deploy/azure/main.bicep");

    @Test
    void countsOpenSteps() throws IOException {
        String query = match(CHART, "(?m)^(select .*)$");
        assertThat(match(BICEP, "(?m)^var openSteps = '(.*)'$").replace("\\'", "'"))
                .isEqualTo(query);
        String url = TestDatabase.freshUrl();
        JdbcTemplate jdbc = new JdbcTemplate(new DriverManagerDataSource(url));
        assertThat(jdbc.queryForObject(query, Long.class)).isZero();
        jdbc.update(
                "insert into job (id, kind, owner, payload, status, units, units_done, work, created_at, updated_at) values"
                        + " (gen_random_uuid(), 'export', 'a', '', 'ACCEPTED', 0, 0, 0, now(), now()),"
                        + " (gen_random_uuid(), 'export', 'a', '', 'DISCARDED', 0, 0, 0, now(), now())");
        assertThat(jdbc.queryForObject(query, Long.class)).isEqualTo(2);
        TestDatabase.drop(url);
    }

    private static String match(Path file, String pattern) throws IOException {
        Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(file));
        assertThat(matcher.find()).as(file.toString()).isTrue();
        return matcher.group(1);
    }
}
