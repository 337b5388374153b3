package dev.sluice.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is found in expressions of PromQL. */
class PromqlNamesTest {
    private static final Scrape SCRAPE =
            new Scrape(Map.of("jobs{kind=\"export\",state=\"waiting\"}", 0.0, "errors_total", 0.0));

    @Test
    void eachMetricLabelAndValueIsFound() {
        PromqlNames names = PromqlNames.of("sum by (kind) (rate(jobs{kind=\"export\", state!~\"a|b\"}[5m])) / 2 > 1"
                + " or vector(0) unless on (instance) errors_total offset 5m");

        assertThat(names.metrics())
                .isEqualTo(Map.of("jobs", Map.of("kind", "export", "state", ""), "errors_total", Map.of()));
        assertThat(names.groupedBy()).containsExactly("instance", "kind");
        assertThat(names.missing(SCRAPE)).isEmpty();
    }

    @Test
    void whatAServerDoesNotHaveIsMissing() {
        assertThat(PromqlNames.of("job{kind=\"export\"}").missing(SCRAPE))
                .containsExactly("job", "job{kind=\"export\"}");
        assertThat(PromqlNames.of("jobs{kind=\"x\"} + jobs{sort=~\"export\"}").missing(SCRAPE))
                .containsExactly("jobs{kind=\"x\"}", "jobs{sort=\"\"}");
        assertThat(PromqlNames.of("sum by (owner) (jobs)").missing(SCRAPE)).containsExactly("by (owner)");
    }
}
