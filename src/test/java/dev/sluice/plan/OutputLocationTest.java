package dev.sluice.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputLocationTest {
    @ParameterizedTest
    @CsvSource({
        "Patient-1.parquet, Patient/f/Patient-1.parquet",
        "Patient-12-1.parquet, Patient/f/Patient-12-1.parquet",
        "my_view2-3.parquet, my_view2/f/my_view2-3.parquet",
        "deleted-1.parquet, deleted/f/deleted-1.parquet",
        "deleted-Patient-1.parquet, f/deleted-Patient-1.parquet",
        "errors-my_view2-3.ndjson, f/errors-my_view2-3.ndjson",
        "manifest.json, f/manifest.json"
    })
    void filesOfTablesAreInTheirFolders(String name, String path) {
        OutputLocation location = new OutputLocation("lake", "f", false);

        assertThat(location.withTables().file(name)).hasToString("lake/" + path);
        assertThat(location.file(name)).hasToString("lake/f/" + name);
    }
}
