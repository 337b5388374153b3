package dev.sluice.filter;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.r4.model.DecimalType;
import org.hl7.fhir.r4.model.IntegerType;
import org.hl7.fhir.r4.model.Money;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.Quantity.QuantityComparator;
import org.hl7.fhir.r4.model.Range;
import org.jspecify.annotations.Nullable;

/** Questions about numbers and quantities: R4's table of prefixes, on numbers as wide as their last digit. */
final class NumberAsks {
    private static final List<String> PREFIXES = List.of("", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap");
    private static final BigDecimal TEN = BigDecimal.TEN;

    /** Longer values are refused. */
    private static final int MOST_DIGITS = 100;

    /** From low to high, both included; null is unlimited. */
    private record Actual(
            @Nullable BigDecimal low, @Nullable BigDecimal high) {}

    private NumberAsks() {}

    /** Of a number or a Range. */
    static List<Ask> of(IBase element) {
        List<Ask> asks = new ArrayList<>();
        for (BigDecimal number : numbers(element)) {
            ask(number, "", e -> !(e instanceof Quantity || e instanceof Money), asks);
        }
        return asks;
    }

    /** Of a quantity, with and without its unit. */
    static List<Ask> ofQuantity(IBase element) {
        List<Ask> asks = new ArrayList<>();
        for (BigDecimal number : numbers(element)) {
            ask(number, "", e -> true, asks);
            for (Quantity unit : units(element)) {
                String system = unit.getSystem() == null ? "" : unit.getSystem();
                for (String code : new String[] {unit.getCode(), unit.getUnit(), "parsec"}) {
                    if (code != null && !code.isEmpty()) {
                        String ends = "|" + Ask.escaped(system) + "|" + Ask.escaped(code);
                        ask(number, ends, e -> hasUnit(e, system, code), asks);
                        ask(number, "||" + Ask.escaped(code), e -> hasUnit(e, "", code), asks);
                    }
                }
                if (!system.isEmpty()) {
                    ask(number, "|" + Ask.escaped(system) + "|", e -> hasUnit(e, system, ""), asks);
                }
            }
        }
        return asks;
    }

    private static void ask(BigDecimal number, String unit, Predicate<IBase> hasUnit, List<Ask> asks) {
        BigDecimal rough = number.setScale(0, RoundingMode.HALF_UP);
        for (BigDecimal value :
                List.of(number, rough, number.add(BigDecimal.ONE), number.multiply(new BigDecimal("1.08")))) {
            String text = value.toPlainString();
            if (text.length() > MOST_DIGITS) {
                continue;
            }
            PREFIXES.forEach(prefix -> asks.add(Ask.of(prefix + text + unit, e -> {
                Actual actual = actual(e);
                return actual != null && hasUnit.test(e) && holds(prefix, new BigDecimal(text), actual);
            })));
        }
    }

    private static boolean holds(String prefix, BigDecimal asked, Actual actual) {
        BigDecimal half = BigDecimal.ONE.movePointLeft(asked.scale()).divide(BigDecimal.valueOf(2));
        BigDecimal low = actual.low;
        BigDecimal high = actual.high;
        BigDecimal near = half.max(asked.abs().divide(TEN));
        boolean equal = low != null
                && high != null
                && low.compareTo(asked.subtract(half)) >= 0
                && high.compareTo(asked.add(half)) < 0;
        return switch (prefix) {
            case "", "eq" -> equal;
            case "ne" -> !equal;
            case "gt" -> high == null || high.compareTo(asked) > 0;
            case "lt" -> low == null || low.compareTo(asked) < 0;
            case "ge" -> high == null || high.compareTo(asked) >= 0;
            case "le" -> low == null || low.compareTo(asked) <= 0;
            case "sa" -> low != null && low.compareTo(asked) > 0;
            case "eb" -> high != null && high.compareTo(asked) < 0;
            default ->
                (high == null || high.compareTo(asked.subtract(near)) >= 0)
                        && (low == null || low.compareTo(asked.add(near)) <= 0);
        };
    }

    private static List<BigDecimal> numbers(IBase element) {
        Actual actual = actual(element);
        return actual == null
                ? List.of()
                : Stream.of(actual.low, actual.high)
                        .filter(Objects::nonNull)
                        .distinct()
                        .toList();
    }

    private static @Nullable Actual actual(IBase element) {
        if (element instanceof DecimalType decimal) {
            return new Actual(decimal.getValue(), decimal.getValue());
        }
        if (element instanceof IntegerType integer) {
            return new Actual(BigDecimal.valueOf(integer.getValue()), BigDecimal.valueOf(integer.getValue()));
        }
        if (element instanceof Money money) {
            return money.hasValue() ? new Actual(money.getValue(), money.getValue()) : null;
        }
        if (element instanceof Quantity quantity) {
            return quantity.hasValue() ? actual(quantity) : null;
        }
        if (element instanceof Range range) {
            BigDecimal low = range.getLow().getValue();
            BigDecimal high = range.getHigh().getValue();
            return low == null && high == null ? null : new Actual(low, high);
        }
        return null;
    }

    private static Actual actual(Quantity quantity) {
        QuantityComparator comparator = quantity.getComparator();
        boolean below = comparator == QuantityComparator.LESS_THAN || comparator == QuantityComparator.LESS_OR_EQUAL;
        boolean above =
                comparator == QuantityComparator.GREATER_THAN || comparator == QuantityComparator.GREATER_OR_EQUAL;
        return new Actual(below ? null : quantity.getValue(), above ? null : quantity.getValue());
    }

    private static List<Quantity> units(IBase element) {
        if (element instanceof Quantity quantity) {
            return List.of(quantity);
        }
        if (element instanceof Range range) {
            return range.hasLow() ? List.of(range.getLow()) : List.of(range.getHigh());
        }
        return element instanceof Money money
                ? List.of(new Quantity().setSystem("urn:iso:std:iso:4217").setCode(money.getCurrency()))
                : List.of();
    }

    /** Without a system the unit is compared with the code and with the unit that is printed. */
    private static boolean hasUnit(IBase element, String system, String code) {
        if (element instanceof Range range) {
            return (!range.hasLow() || hasUnit(range.getLow(), system, code))
                    && (!range.hasHigh() || hasUnit(range.getHigh(), system, code));
        }
        return units(element).stream()
                .anyMatch(unit -> (system.isEmpty() || system.equals(unit.getSystem()))
                        && (code.isEmpty()
                                || code.equals(unit.getCode())
                                || (system.isEmpty() && code.equals(unit.getUnit()))));
    }
}
