package dev.sluice.benchmark.population;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** What is measured of one person at one visit; asked again, it gives the same value. */
final class VisitMeasurements {
    /** Values that follow from others, so that a chart does not contradict itself. */
    private static final Map<String, ToDoubleFunction<VisitMeasurements>> DERIVED = Map.of(
            "body-weight", VisitMeasurements::weight,
            "cholesterol", VisitMeasurements::cholesterol,
            "egfr", VisitMeasurements::filtrationRate);

    private final PatientChart chart;
    private final LocalDate today;
    private final Set<String> words;
    private final Map<String, BigDecimal> values = new HashMap<>();

    /** Measures the person of a chart, of whom the words are true today. */
    VisitMeasurements(PatientChart chart, LocalDate today, Set<String> words) {
        this.chart = chart;
        this.today = today;
        this.words = words;
    }

    /** The value, with the digits of the measure. */
    BigDecimal value(Measure measure) {
        BigDecimal known = values.get(measure.key);
        return known == null ? measured(measure) : known;
    }

    private BigDecimal measured(Measure measure) {
        ToDoubleFunction<VisitMeasurements> formula = DERIVED.get(measure.key);
        double exact = formula == null ? drawn(measure) : formula.applyAsDouble(this);
        BigDecimal value = BigDecimal.valueOf(exact).setScale(measure.digits, RoundingMode.HALF_UP);
        values.put(measure.key, value);
        return value;
    }

    private double drawn(Measure measure) {
        double own = chart.constitution.computeIfAbsent(measure, first -> chart.random.bell());
        double spread = measure.betweenPeople * own + measure.betweenVisits * chart.random.bell();
        return measure.mean(chart.person, today, words) * (1 + spread);
    }

    private double number(String key) {
        return value(Measure.of(key)).doubleValue();
    }

    private double weight() {
        double metres = number("body-height") / 100;
        return number("bmi") * metres * metres;
    }

    /** Friedewald's formula the other way round. */
    private double cholesterol() {
        return number("ldl") + number("hdl") + number("triglyceride") / 5;
    }

    /**
     * How well the kidneys filter.
     *
     * @see <a href="https://www.kidney.org/ckd-epi-creatinine-equation-2021">the CKD-EPI creatinine equation (2021)</a>
     */
    private double filtrationRate() {
        boolean female = chart.person.gender.equals("female");
        double creatinine = number("creatinine") / (female ? 0.7 : 0.9);
        return 142
                * StrictMath.pow(Math.min(creatinine, 1), female ? -0.241 : -0.302)
                * StrictMath.pow(Math.max(creatinine, 1), -1.2)
                * StrictMath.pow(0.9938, chart.person.age(today))
                * (female ? 1.012 : 1);
    }
}
