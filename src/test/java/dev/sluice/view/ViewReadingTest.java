package dev.sluice.view;

import static dev.sluice.view.ViewBudgetTest.NAMES;
import static dev.sluice.view.ViewBudgetTest.SMALL;
import static dev.sluice.view.ViewBudgetTest.column;
import static dev.sluice.view.ViewBudgetTest.count;
import static dev.sluice.view.ViewBudgetTest.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.r4.OwnBases;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a view reads of a resource is charged, and a reader who does not want its rows any more is heard. */
class ViewReadingTest {
    /** A long text with an escape is read again for each question about it, and each costs its length. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            name.where(%resource.language = 'TEXT').count()
            name.where(%resource.extension('TEXT').exists()).count()
            name.select(%resource.managingOrganization.getReferenceKey()).count()
            name.select(%resource.getResourceKey()).count()
            name.select(%resource.contained.id).count()
            """)
    void readsOfLongTextsCost(String path) {
        String text = "a".repeat(9_000);
        String escaped = "\"\\u0061" + text.substring(1) + "\"";
        String patient = NAMES.replace(
                "\"id\":\"p\"",
                "\"id\":" + escaped + ",\"language\":" + escaped + ",\"extension\":[{\"url\":" + escaped
                        + "}],\"managingOrganization\":{\"reference\":" + escaped
                        + "},\"contained\":[{\"resourceType\":" + escaped + "}]");
        CompiledView view = view(column("a", path.replace("TEXT", text))).compile(OwnBases.NONE);

        assertThat(count(view, patient)).isEqualTo(1);
        assertThat(view.steps()).isGreaterThan(100 * 9_000 / 64);
    }

    /** Texts that cannot be the wanted one by their length are not read. */
    @Test
    void longTextsCostNothingIfAShortOneIsWanted() {
        String patient = NAMES.replace("\"id\":\"p\"", "\"language\":\"\\u0061" + "a".repeat(1_000_000) + "\"");
        CompiledView view = view(column("a", "name.where(%resource.language = 'a').count()"))
                .compile(OwnBases.NONE);

        assertThat(count(view, patient)).isEqualTo(1);
        assertThat(view.steps()).isLessThan(10_000);
    }

    @Test
    void escapedNamesOfElementsCost() {
        String plain = NAMES.replace("\"id\":\"p\"", "\"id\":\"p\",\"gender\":\"other\"");
        CompiledView view =
                view(column("a", "name.select(%resource.gender).count()")).compile(OwnBases.NONE);
        assertThat(count(view, plain)).isEqualTo(1);
        long steps = view.steps();

        assertThat(count(view, plain.replace("\"gender\"", "\"\\u0067ender\""))).isEqualTo(1);
        assertThat(view.steps()).isBetween(steps + 100 * 16, steps + 110 * 16);
    }

    @Test
    void rowsThatAreNotWantedEndSoon() {
        CompiledView view = view(column("a", "name.select(%resource.name).select(%resource.name.family).count()"))
                .compile(OwnBases.NONE);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> count(view, NAMES)).isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(view.steps()).isLessThan(1 << 17);

        view.checkedBy(() -> {
            throw new IllegalStateException("stop");
        });
        assertThatThrownBy(() -> count(view, NAMES)).hasMessage("stop");
        assertThat(count(view, SMALL)).isEqualTo(1);
    }
}
